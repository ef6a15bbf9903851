"""A record that its consumer cannot use: kept as it came, with the reason, so that an operator can replay it."""

from hashlib import sha256

import msgspec
from aiokafka import ConsumerRecord

from infra.clock import now, written
from infra.kafka.producer import LARGEST_RECORD_BYTES, Outgoing
from infra.kafka.record_tag import RecordTags
from infra.version import SOFTWARE
from schemas.entry import Unusable, leaf, role
from schemas.envelope import first_place, headers
from schemas.events import DEAD_LETTERED_TYPE, Cause, DeadLettered
from schemas.topics import Topic

_ENVELOPE_BYTES = 1_000


class Poisoned(Exception):
    """A record that no retry will make usable. Says why, without quoting its content; `word` is what the log says."""

    def __init__(self, why: str, word: Unusable = "malformed") -> None:
        super().__init__(why)
        self.word = word


def demand_genuine(tags: RecordTags, record: ConsumerRecord) -> None:
    """Raise Poisoned for a record that no service of ours has written."""
    if not tags.genuine(record):
        raise Poisoned("no service of ours has written it: its tag is missing or wrong", "forged")


def cause_of(record: ConsumerRecord) -> Cause:
    """The place of a record, as the cause of what follows from it; of a replayed one, where it first stood."""
    return first_place(record.headers or ()) or place_of(record)


def place_of(record: ConsumerRecord) -> Cause:
    """Where a record stands, whatever it says of where it first stood."""
    return Cause(record.topic, record.partition, record.offset)


def dead_letter(
    topic: Topic,
    service: str,
    record: ConsumerRecord,
    why: Poisoned,
    tenant: str = "",
    *,
    cause: Cause | None = None,
) -> Outgoing:
    """The dead letter of `record`, with its audit entry. Its id is a function of the record's place.

    `tenant` is whose record it is, where that could be read; `cause` the place, where the record's word for that
    counts for nothing.

    A record too large to be carried by another is named by its place alone; there it stays for its retention.
    """
    cause = cause or cause_of(record)
    place = f"{service}/{cause.topic}/{cause.partition}/{cause.offset}"
    event_id = sha256(f"careerpulse/dead-letter/v1/{place}".encode()).hexdigest()[:32]
    actor = role(f"service:{service}", tenant)
    entry = leaf("dead-lettered", event_id, written(now()), actor, SOFTWARE, cause=cause, reason=why.word)
    reason = str(why)
    value = DeadLettered(service, cause, reason, record.key, record.value, _headers(record), entry)
    size = len(msgspec.msgpack.encode(value))
    if size > LARGEST_RECORD_BYTES - _ENVELOPE_BYTES:
        reason = f"{reason}; its {size} bytes are too many to be copied"
        value = DeadLettered(service, cause, reason, None, None, (), entry)
    return Outgoing(
        topic,
        f"{cause.topic}/{cause.partition}",
        msgspec.msgpack.encode(value),
        headers(event_id, DEAD_LETTERED_TYPE, service),
    )


def _headers(record: ConsumerRecord) -> tuple[tuple[str, bytes], ...]:
    """Kafka knows a header without a value; ours have one."""
    return tuple((name, value or b"") for name, value in record.headers or ())
