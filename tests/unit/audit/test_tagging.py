"""Which records of outboxes are taken: those that a service of ours has written, and from before there were tags."""

from collections.abc import Sequence

import msgspec
import pytest
from aiokafka import ConsumerRecord

from infra.kafka.record_tag import RecordTags
from schemas.entry import OUTBOXES
from schemas.envelope import REPLAY_OF
from schemas.events import DeadLettered, OutboxEntry
from schemas.topics import AUDIT_ENTRIES
from services.audit.reading.loop import sift
from services.audit.reading.tagging import Tagging
from services.audit.tlog.state import State
from tests.unit.audit.examples import VKEY, leaf

OURS, THEIRS = RecordTags([b"k" * 64]), RecordTags([b"f" * 64])
NEW = State(VKEY)
OLD = State(VKEY, offsets={"audit.entries/0": 40})


def record(value: OutboxEntry, tags: RecordTags | None, *, headers: Sequence = ()) -> ConsumerRecord:
    """A record of `audit.entries`, under a tag of these."""
    key, data = value.source.encode(), msgspec.msgpack.encode(value)
    tag = () if tags is None else (tags.header(AUDIT_ENTRIES.name, key, data),)
    return ConsumerRecord(
        topic=AUDIT_ENTRIES.name,
        partition=0,
        offset=41,
        timestamp=0,
        timestamp_type=1,
        key=key,
        value=data,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=(*headers, *tag),
    )


def entry(sequence: int, number: int, source: str = "consent") -> OutboxEntry:
    return OutboxEntry(source, sequence, leaf(number, type="erased"))


GENUINE = record(entry(1, 1), OURS)
FORGED = {
    "no tag": record(entry(2, 2), None),
    "the tag of another key": record(entry(2, 2), THEIRS),
    "the tag of another record": record(entry(2, 2), None, headers=GENUINE.headers),
    "the number of another with another content": record(entry(1, 2), None, headers=GENUINE.headers),
    "the name of another outbox": record(entry(1, 1, "intake"), None, headers=GENUINE.headers),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_what_no_service_of_ours_has_written_is_set_aside_as_forged(forged: ConsumerRecord) -> None:
    arrived, dead = sift([GENUINE, forged], Tagging(OURS, NEW))
    assert [one.place for one in arrived] == [1]
    (letter,) = (msgspec.msgpack.decode(one.value, type=DeadLettered) for one in dead)
    assert b'"reason":"forged"' in letter.leaf


def test_what_stood_there_before_is_taken_until_the_outbox_writes_tagged_entries() -> None:
    # Given a log that has read entries before there were tags
    before, after = Tagging(OURS, OLD), record(entry(3, 3), None)
    # Then untagged ones are taken, of each outbox until its first tagged one
    arrived, dead = sift([record(entry(1, 1), None), record(entry(2, 2), OURS), after], before)
    assert ([one.place for one in arrived], len(dead)) == ([1, 2], 1)
    assert before.outboxes == {"outbox/consent"}
    # And what its state keeps of it counts from then on
    kept = State.parse(State(VKEY, offsets=OLD.offsets, tagged=tuple(before.outboxes)).encode())
    arrived, dead = sift([after, record(entry(1, 4, "intake"), None)], Tagging(OURS, kept))
    assert ([one.source for one in arrived], len(dead)) == (["outbox/intake"], 1)


def test_a_log_that_begins_with_tags_takes_no_untagged_entry_of_any_outbox() -> None:
    untagged = [record(entry(1, number, source), None) for number, source in enumerate(OUTBOXES)]
    assert sift(untagged, Tagging(OURS, NEW))[0] == []


def test_a_forged_record_cannot_say_that_it_first_stood_where_another_stands() -> None:
    elsewhere = ((REPLAY_OF, b"assessments.submitted/2/7"),)
    _, (dead,) = sift([record(entry(1, 1), None, headers=elsewhere)], Tagging(OURS, NEW))
    cause = msgspec.msgpack.decode(dead.value, type=DeadLettered).cause
    assert (cause.topic, cause.partition, cause.offset) == ("audit.entries", 0, 41)
