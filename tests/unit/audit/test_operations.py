"""What operators are shown: rates and lag by arithmetic, dead letters without their content, replays as they came."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import msgspec
import pytest
from aiokafka import TopicPartition

from infra.kafka.dead_letter import Poisoned, cause_of, dead_letter
from schemas.envelope import event_id, headers
from schemas.events import DEAD_LETTERED_TYPE, SUBMITTED_TYPE, Cause, DeadLettered
from schemas.topics import AUDIT_ENTRIES, DEAD_SCORING, SUBMITTED
from services.audit.operations.dead_letters import DeadLetter, letter_of
from services.audit.operations.figures import Figures, Sample
from services.audit.operations.monitor import lag_of
from services.audit.operations.replays import replayed
from tests.twins.broker import Record

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HEADERS = headers("ab" * 16, SUBMITTED_TYPE, "intake")
RECORD = Record(SUBMITTED.name, 2, 7, b"cd" * 16, b"sealed by somebody", HEADERS)


def letter(record: Record = RECORD, offset: int = 0) -> DeadLetter:
    """The dead letter of a record, as it comes back from its topic."""
    sent = dead_letter(DEAD_SCORING, "scoring", record, Poisoned("why"))
    return DeadLetter(DEAD_SCORING.name, offset, NOON, msgspec.msgpack.decode(sent.value, type=DeadLettered))


def sample(seconds: int, end: int) -> Sample:
    return Sample(NOON + timedelta(seconds=seconds), 1, {"a": end}, {"a": end}, ())


def test_throughput_is_what_came_in_the_last_minute_and_on_average() -> None:
    figures = Figures()
    assert figures.flows() == ()
    for seconds, end in ((0, 0), (60, 600), (120, 630)):
        figures.take(sample(seconds, end))
    (flow,) = figures.flows()
    assert (flow.last_minute, flow.average, flow.held) == (30, 315, 630)


def test_a_single_look_and_a_topic_made_anew_give_no_throughput() -> None:
    figures = Figures()
    figures.take(sample(0, 500))
    assert figures.flows()[0].last_minute == 0
    figures.take(sample(60, 0))
    assert figures.flows()[0].last_minute == 0


def test_only_so_many_samples_are_remembered() -> None:
    figures = Figures(remembered=2)
    for number in range(5):
        figures.take(sample(number * 60, number * 10))
    assert figures.flows()[0].average == 10


def test_lag_is_what_lies_beyond_the_offsets_and_never_negative() -> None:
    ends = {TopicPartition("a", 0): 10, TopicPartition("a", 1): 5, TopicPartition("b", 0): 3}
    offsets = {TopicPartition("a", 0): 4, TopicPartition("a", 1): 9, TopicPartition("gone", 0): 1}
    assert lag_of(offsets, ends) == {"a": 6}


def test_a_replay_is_the_record_as_it_came_with_the_place_where_it_first_stood() -> None:
    again = replayed(letter())
    assert (again.key.encode(), again.value, again.destination()) == (RECORD.key, RECORD.value, (SUBMITTED.name, 2))
    assert event_id(again.headers, SUBMITTED_TYPE) == "ab" * 16
    # What follows from it names the first place as its cause, however often it is replayed
    second = Record(SUBMITTED.name, 2, 90, again.key.encode(), again.value, again.headers)
    assert cause_of(second) == Cause(SUBMITTED.name, 2, 7)
    third = replayed(letter(second))
    assert third.headers == again.headers


def test_a_replay_that_fails_again_is_the_same_event_so_that_no_second_entry_comes_of_it() -> None:
    again = replayed(letter())
    back = Record(SUBMITTED.name, 2, 90, again.key.encode(), again.value, again.headers)
    dead = [dead_letter(DEAD_SCORING, "scoring", one, Poisoned("why")).headers for one in (RECORD, back)]
    assert len({event_id(each, DEAD_LETTERED_TYPE) for each in dead}) == 1


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (Record("no.such.topic", 0, 1, b"k", b"v"), "unreadable"),
        (Record(SUBMITTED.name, 0, 1, b"\xff", b"v"), "unreadable"),
        (Record(SUBMITTED.name, 0, 1, None, b"v"), "not-carried"),
        (Record(SUBMITTED.name, 0, 1, b"k", bytes(2_000_000)), "not-carried"),
        (Record(AUDIT_ENTRIES.name, 0, 1, b"intake", b"v"), "in-order"),
    ],
)
def test_what_no_replay_would_help_is_not_replayed(record: Record, why: str) -> None:
    one = letter(record)
    assert (one.why_not(), one.target) == (why, None)
    with pytest.raises(ValueError, match=why):
        replayed(one)


def test_what_is_no_dead_letter_is_shown_as_one_that_cannot_be_read() -> None:
    one = letter_of(SimpleNamespace(topic=DEAD_SCORING.name, offset=3, timestamp=1_700_000_000_000, value=b"\xc1"))
    assert (one.id, one.value, one.cause, one.why_not()) == ("dead.scoring/3", None, None, "unreadable")
