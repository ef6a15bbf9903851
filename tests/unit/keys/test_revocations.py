"""A revocation that cannot be read takes every key with it, and stops nobody."""

from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from infra.kafka.record_tag import RecordTags
from infra.keys.client import KeyClient
from infra.keys.revocations import Narrowed, Revocations
from schemas.events import Revoked
from schemas.keys import ReleasedKey
from tests.twins.broker import Broker

ALIAS, OTHER = "a" * 32, "b" * 32


TAGS = RecordTags([b"k" * 64])


def record(
    offset: int, value: bytes | None, key: bytes | None = OTHER.encode(), tags: RecordTags = TAGS
) -> SimpleNamespace:
    headers = (tags.header("keys.revoked", key or b"", value),)
    return SimpleNamespace(topic="keys.revoked", partition=0, key=key, value=value, offset=offset, headers=headers)


@pytest.mark.parametrize(
    "none",
    [
        record(0, b"\xc1"),
        record(0, b"", None),
        record(0, msgspec.msgpack.encode(Revoked(7, "erased")), ALIAS.encode(), RecordTags([b"f" * 64])),
    ],
    ids=["unreadable", "of nobody", "forged"],
)
async def test_a_revocation_that_is_none_takes_every_key_and_the_next_one_is_read(none: SimpleNamespace) -> None:
    # Given a process with a key in its cache, whose store listens
    keys = KeyClient(Path("unused"), "token")
    keys.cache.put("scoring", [ReleasedKey(ALIAS, "released", sequence=5)], asked_at=0.0)
    stored: list[Narrowed] = []

    async def store(narrowed):
        stored.extend(narrowed)

    reader = Revocations("unused", "test", keys, producer=Broker(), tags=TAGS, stored=store)
    # When a record comes that is unreadable, or that nobody of ours has written, and a good one behind it
    good = Revoked(7, "erased")
    await reader._apply([none, record(2, msgspec.msgpack.encode(good))])
    # Then no key is left, and the good one has its effect
    assert keys.cache.get(ALIAS, "scoring", 1.0) is None
    assert stored == [Narrowed(OTHER, good, 2)]
