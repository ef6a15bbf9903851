"""What comes back on `privacy.answers`: each kind to the part that waits for it."""

import re

import msgspec

from infra.kafka.dead_letter import Poisoned
from schemas.rights import Answer, Corrected, NoticeAcknowledged, Part
from services.consent.stores import Stores

_ALIAS = re.compile(rb"[0-9a-f]{32}")
_DECODER: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


async def take_answer(stores: Stores, key: bytes | None, value: bytes | None) -> None:
    """Take one record. Raises Poisoned for one that cannot be read."""
    try:
        said = _DECODER.decode(value or b"")
    except msgspec.DecodeError as error:
        raise Poisoned(f"no answer to a request: {error}") from error
    if isinstance(said, NoticeAcknowledged):
        await stores.notices.acknowledge((key or b"").decode(errors="replace"), said)
        return
    if key is None or _ALIAS.fullmatch(key) is None:
        raise Poisoned("its key is no alias of 32 hexadecimal digits")
    if isinstance(said, Part):
        await stores.disclosures.take(key.decode(), said)
    elif isinstance(said, Corrected):
        await stores.rectifications.take(key.decode(), said)
    else:
        await stores.reviews.take(key.decode(), said)
