"""What comes back on `privacy.answers`: each kind to the part that waits for it."""

import msgspec

from infra.kafka.dead_letter import Poisoned
from infra.kafka.record_key import alias_of
from schemas.rights import Answer, Corrected, NoticeAcknowledged, NoticeDelivered, Part
from services.consent.stores import Stores

_DECODER: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


async def take_answer(stores: Stores, key: bytes | None, value: bytes | None) -> bool:
    """Take one record; say whether there may be steps to take now. Raises Poisoned for one that cannot be read."""
    try:
        said = _DECODER.decode(value or b"")
    except msgspec.DecodeError as error:
        raise Poisoned(f"no answer to a request: {error}") from error
    if isinstance(said, NoticeDelivered | NoticeAcknowledged):
        await _take_of_organisation(stores, (key or b"").decode(errors="replace"), said)
        return True
    alias = alias_of(key)
    if isinstance(said, Part):
        await stores.disclosures.take(alias, said)
    elif isinstance(said, Corrected):
        await stores.rectifications.take(alias, said)
    else:
        await stores.reviews.take(alias, said)
    return True


async def _take_of_organisation(stores: Stores, tenant: str, said: NoticeDelivered | NoticeAcknowledged) -> None:
    if isinstance(said, NoticeAcknowledged):
        await stores.notices.acknowledge(tenant, said)
        return
    await stores.notices.delivered(tenant, said)
    await stores.instructions.delivered(tenant, said)
