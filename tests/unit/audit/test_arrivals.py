"""What each topic's records bring to the log; what brings nothing is poisoned, and says why without quoting it."""

import msgspec
import pytest
from aiokafka import ConsumerRecord

from infra.kafka.dead_letter import Poisoned, dead_letter
from schemas.envelope import headers
from schemas.events import SCORED_TYPE, Cause, DeadLettered, OutboxEntry, Refused, Scored, Submitted
from schemas.topics import AUDITED, DEAD_AUDIT, DEAD_INTAKE
from services.audit.reading.arrivals import Forged, Trail, read
from services.audit.reading.loop import FINDINGS, sift
from services.audit.reading.tagging import Tagging
from services.audit.tlog.state import State
from tests.unit.audit.examples import VKEY, leaf

CAUSE = Cause("assessments.submitted", 1, 2)
ALIAS, EVENT = "a" * 32, "e" * 32
UNTAGGED = Tagging(None, State(VKEY))


def record(topic: str, value: object, event_type: str = SCORED_TYPE, partition: int = 3, offset: int = 41):
    data = value if isinstance(value, bytes | None) else msgspec.msgpack.encode(value)
    return ConsumerRecord(
        topic=topic,
        partition=partition,
        offset=offset,
        timestamp=0,
        timestamp_type=1,
        key=ALIAS.encode(),
        value=data,
        checksum=None,
        serialized_key_size=32,
        serialized_value_size=0,
        headers=headers(EVENT, event_type, "scoring"),
    )


def scored(entry: bytes = leaf(1)) -> Scored:
    return Scored("acme", CAUSE, b"result", b"detail", b"trail", entry)


def test_a_scored_record_brings_its_leaf_and_its_sealed_trail():
    arrived = read(record("assessments.scored", scored()))
    assert (arrived.source, arrived.place) == ("assessments.scored/3", 41)
    assert arrived.trail == Trail(EVENT, ALIAS, "acme", b"trail")


def test_an_outbox_is_a_source_of_its_own_whose_places_are_its_sequence():
    arrived = read(record("audit.entries", OutboxEntry("consent", 7, leaf(1, type="erased"))))
    assert (arrived.source, arrived.place, arrived.trail) == ("outbox/consent", 7, None)


@pytest.mark.parametrize(
    ("topic", "value"),
    [
        ("assessments.submitted", Submitted("acme", b"sealed", b"mac", leaf(1, type="received"))),
        ("assessments.refused", Refused("acme", CAUSE, "withdrawn", leaf(1, type="refused"))),
    ],
)
def test_other_records_bring_their_leaf(topic, value):
    arrived = read(record(topic, value))
    assert (arrived.source, arrived.place, arrived.trail) == (f"{topic}/3", 41, None)


@pytest.mark.parametrize("topic", [topic for topic in AUDITED if topic.name.startswith("dead.")])
def test_every_consumers_dead_letters_bring_their_entry(topic):
    letter = dead_letter(DEAD_INTAKE, "intake", record("assessments.scored", b"garbage"), Poisoned("unreadable"))
    assert read(record(topic.name, letter.value)).source == f"{topic.name}/3"


@pytest.mark.parametrize("topic", AUDITED)
@pytest.mark.parametrize("value", [None, b"", b"garbage", {"leaf": 1}])
def test_what_is_no_record_of_its_topic_is_poisoned(topic, value):
    with pytest.raises(Poisoned, match=f"not a record of {topic.name}"):
        read(record(topic.name, value))


@pytest.mark.parametrize("entry", [b"", leaf(1, alias="a"), leaf(1, place=1), leaf(1) + b" "])
def test_a_malformed_leaf_is_poisoned(entry):
    with pytest.raises(Poisoned, match="its audit entry is malformed"):
        read(record("assessments.scored", scored(entry)))


@pytest.mark.parametrize("sequence", [-1, 2**53])
def test_an_outbox_that_names_no_place_is_poisoned(sequence):
    with pytest.raises(Poisoned, match="its audit entry is malformed"):
        read(record("audit.entries", OutboxEntry("consent", sequence, leaf(1))))


@pytest.mark.parametrize("outbox", ["scoring", "Con sent", "", "consent/../audit"])
def test_an_entry_of_an_outbox_that_no_service_has_is_forged(outbox):
    with pytest.raises(Forged, match="an outbox that no service has"):
        read(record("audit.entries", OutboxEntry(outbox, 1, leaf(1, type="erased"))))


FIRST = Cause("assessments.scored", 0, 1)
BRINGS = {
    "assessments.submitted": ("received", lambda entry: Submitted("acme", b"sealed", b"mac", entry)),
    "assessments.scored": ("scored", scored),
    "assessments.refused": ("refused", lambda entry: Refused("acme", CAUSE, "withdrawn", entry)),
    "audit.entries": ("erased", lambda entry: OutboxEntry("consent", 1, entry)),
    "dead.scoring": ("dead-lettered", lambda entry: DeadLettered("scoring", FIRST, "why", None, None, (), entry)),
}


@pytest.mark.parametrize("topic", BRINGS)
@pytest.mark.parametrize("kind", ["received", "scored", "refused", "erased", "dead-lettered", "pardoned"])
def test_a_topic_brings_entries_of_its_own_types_alone(topic, kind):
    own, made = BRINGS[topic]
    brought = record(topic, made(leaf(1, type=kind)))
    if kind == own:
        assert read(brought).leaf.type == kind
        return
    with pytest.raises(Forged, match=f"of a type that {topic} does not bring"):
        read(brought)


def test_a_forged_record_is_set_aside_and_counted_as_a_finding():
    before = FINDINGS.labels("audit.entries/3")._value.get()
    arrived, dead = sift([record("audit.entries", OutboxEntry("nobody", 1, leaf(1, type="erased")))], UNTAGGED)
    assert (arrived, [letter.topic for letter in dead]) == ([], [DEAD_AUDIT])
    assert FINDINGS.labels("audit.entries/3")._value.get() == before + 1


def test_an_event_of_another_type_on_the_topic_of_scored_ones_is_poisoned():
    with pytest.raises(Poisoned, match=r"where .* belongs"):
        read(record("assessments.scored", scored(), "careerpulse.assessment.refused.v1"))


def test_a_poisoned_record_is_kept_as_a_dead_letter_and_its_neighbours_go_through():
    batch = [record("assessments.scored", scored(leaf(n)), offset=n) for n in (1, 2)]
    batch.insert(1, record("assessments.scored", b"garbage"))
    arrived, dead = sift(batch, UNTAGGED)
    assert [one.place for one in arrived] == [1, 2]
    assert [letter.topic for letter in dead] == [DEAD_AUDIT]
    assert read(record("dead.audit", dead[0].value)).place == 41
