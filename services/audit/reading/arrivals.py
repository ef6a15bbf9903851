"""What a record brings to the log: an entry's leaf from its source, and for a scored one the sealed trail.

Each topic brings entries of its own types alone: whoever can write to one topic cannot put into the log what only
another may say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar, get_args

import msgspec
from aiokafka import ConsumerRecord

from infra.kafka.dead_letter import Poisoned
from schemas.entry import OUTBOXES, EntryType
from schemas.envelope import NoEnvelope, event_id
from schemas.events import SCORED_TYPE, DeadLettered, OutboxEntry, Refused, Scored, Submitted
from schemas.topics import AUDIT_ENTRIES, REFUSED, SCORED, SUBMITTED
from services.audit.tlog.entry import EntryError, Leaf, read_leaf


class Forged(Poisoned):
    """A record that no producer of ours can have written. Says why, without quoting its content."""

    def __init__(self, why: str) -> None:
        super().__init__(why, "forged")


@dataclass(frozen=True, slots=True)
class Trail:
    """A sealed trail, and whose it is."""

    event_id: str
    alias: str
    tenant: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Arrived:
    """An entry on its way: the source it comes from, its place there, its leaf, and its trail if it has one."""

    source: str
    place: int
    leaf: Leaf
    trail: Trail | None = None


def read(record: ConsumerRecord) -> Arrived:
    """What a record brings. Raises Poisoned, Forged where it is none of ours, without quoting the record."""
    try:
        arrived = _READERS.get(record.topic, _dead)(record)
    except (msgspec.DecodeError, NoEnvelope, UnicodeDecodeError) as error:
        raise Poisoned(f"not a record of {record.topic}: {error}") from None
    except EntryError as error:
        raise Poisoned(f"its audit entry is malformed: {error}") from None
    if arrived.leaf.type not in _TYPES.get(record.topic, _DEAD_TYPES):
        raise Forged(f"its audit entry is of a type that {record.topic} does not bring")
    return arrived


def _scored(record: ConsumerRecord) -> Arrived:
    value = _decoded(record, Scored)
    alias = (record.key or b"").decode()
    trail = Trail(event_id(record.headers, SCORED_TYPE), alias, value.tenant, value.trail)
    return Arrived(_source(record), record.offset, read_leaf(value.leaf), trail)


def _outbox_entry(record: ConsumerRecord) -> Arrived:
    value = _decoded(record, OutboxEntry)
    if value.source not in OUTBOXES:
        raise Forged("it names an outbox that no service has")
    arrived = Arrived(f"outbox/{value.source}", value.sequence, read_leaf(value.leaf))
    arrived.leaf.at(arrived.source, arrived.place, None)  # the producer names these two, so they are judged here
    return arrived


def _carrying(kind: type[Submitted] | type[Refused] | type[DeadLettered]) -> Callable[[ConsumerRecord], Arrived]:
    def read_one(record: ConsumerRecord) -> Arrived:
        return Arrived(_source(record), record.offset, read_leaf(_decoded(record, kind).leaf))

    return read_one


def _source(record: ConsumerRecord) -> str:
    return f"{record.topic}/{record.partition}"


Value = TypeVar("Value")


def _decoded(record: ConsumerRecord, kind: type[Value]) -> Value:
    return msgspec.msgpack.decode(record.value or b"", type=kind)


_READERS: Mapping[str, Callable[[ConsumerRecord], Arrived]] = {
    SUBMITTED.name: _carrying(Submitted),
    SCORED.name: _scored,
    REFUSED.name: _carrying(Refused),
    AUDIT_ENTRIES.name: _outbox_entry,
}
"""A reader for each of `schemas.topics.AUDITED` but the dead letters, which are all alike."""
_dead = _carrying(DeadLettered)

_TYPES: Final[Mapping[str, frozenset[str]]] = {
    SUBMITTED.name: frozenset({"received"}),
    SCORED.name: frozenset({"scored"}),
    REFUSED.name: frozenset({"refused"}),
    AUDIT_ENTRIES.name: frozenset(get_args(EntryType)) - {"received", "scored", "refused", "dead-lettered"},
}
"""What each topic's entries say. A new type is known to audit before any service writes it (docs/operations.md)."""
_DEAD_TYPES: Final = frozenset({"dead-lettered"})
