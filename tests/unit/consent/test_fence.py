"""What the restore fence reads out of the two topics."""

import msgspec
import pytest
from aiokafka import ConsumerRecord

from schemas.events import Revoked
from services.consent.erasure.fence import UnreadableRevocation, last_word
from services.consent.erasure.reapplication import LastWord


def record(value: bytes | None) -> ConsumerRecord:
    return ConsumerRecord("keys.revoked", 0, 7, 1_763_920_800_000, 1, b"ab" * 16, value, None, 0, 0, ())


def test_a_word_says_when_the_broker_took_it() -> None:
    value = msgspec.msgpack.encode(Revoked(5, "withdrawn", ("scoring",)))
    expected = LastWord("ab" * 16, Revoked(5, "withdrawn", ("scoring",)), 7, "2025-11-23T18:00:00Z")
    assert last_word(record(value)) == expected


def test_a_tombstone_says_nothing() -> None:
    assert last_word(record(None)) is None


@pytest.mark.parametrize("value", [b"", b"none", msgspec.msgpack.encode({"sequence": 5})])
def test_beside_what_cannot_be_read_nobody_is_served(value: bytes) -> None:
    with pytest.raises(UnreadableRevocation, match=r"keys\.revoked has a record at offset 7"):
        last_word(record(value))
