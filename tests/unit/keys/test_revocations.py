"""A revocation that cannot be read takes every key with it, and stops nobody."""

from pathlib import Path
from types import SimpleNamespace

import msgspec

from infra.keys.client import KeyClient
from infra.keys.revocations import Narrowed, Revocations
from schemas.events import Revoked
from schemas.keys import ReleasedKey

ALIAS, OTHER = "a" * 32, "b" * 32


def record(offset: int, value: bytes | None, key: bytes | None = OTHER.encode()) -> SimpleNamespace:
    return SimpleNamespace(key=key, value=value, offset=offset)


async def test_an_unreadable_revocation_takes_every_key_and_the_next_one_is_read() -> None:
    # Given a process with a key in its cache, whose store listens
    keys = KeyClient(Path("unused"), "token")
    keys.cache.put("scoring", [ReleasedKey(ALIAS, "released", sequence=5)], asked_at=0.0)
    stored: list[Narrowed] = []

    async def store(narrowed):
        stored.extend(narrowed)

    reader = Revocations("unused", "test", keys, producer=None, stored=store)
    # When records come that nobody can read, and a good one behind them
    good = Revoked(7, "erased")
    await reader._apply([record(0, b"\xc1"), record(1, b"", None), record(2, msgspec.msgpack.encode(good))])
    # Then no key is left, and the good one has its effect
    assert keys.cache.get(ALIAS, "scoring", 1.0) is None
    assert stored == [Narrowed(OTHER, good, 2)]
