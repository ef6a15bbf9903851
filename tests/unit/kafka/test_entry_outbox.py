"""Which numbers of an outbox the topic shows as given."""

import msgspec

from infra.kafka.entry_outbox import numbers
from schemas.events import OutboxEntry


def encoded(source: str, sequence: int) -> bytes:
    return msgspec.msgpack.encode(OutboxEntry(source, sequence, b"{}"))


def test_only_numbers_of_our_own_outbox_count() -> None:
    found = numbers("consent", [encoded("consent", 3), encoded("audit", 9), encoded("consent", 2)])
    assert max(found) == 3


def test_what_is_no_entry_has_no_number() -> None:
    assert numbers("consent", [b"\xc1 poison", None]) == [0]
