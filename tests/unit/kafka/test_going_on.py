"""What retention removed before a store had read it is told, and nothing that was read or never written is."""

from collections.abc import Collection, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaTimeoutError
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from infra.kafka.going_on import GoingOn, Removed, name

PLACE = TopicPartition("inbound.acme", 0)


class Topic:
    """A consumer's view of one partition: where its log begins, and where it was told to go on."""

    def __init__(self) -> None:
        self.begin = 0
        self.away = False
        self.position: int | None = None
        self.paused: set[TopicPartition] = set()

    def pause(self, *places: TopicPartition) -> None:
        self.paused |= set(places)

    def resume(self, place: TopicPartition) -> None:
        self.paused.discard(place)

    def seek(self, place: TopicPartition, offset: int) -> None:
        self.position = offset

    async def beginning_offsets(self, places: Collection[TopicPartition]) -> Mapping[TopicPartition, int]:
        if self.away:
            raise KafkaTimeoutError
        return dict.fromkeys(places, self.begin)


class Kept:
    """A store's own offsets."""

    def __init__(self) -> None:
        self.offsets: dict[str, int] = {}
        self.removed: list[dict[str, Removed]] = []

    async def kept(self) -> dict[str, int]:
        return dict(self.offsets)

    async def keep(self, offsets: Mapping[str, int]) -> None:
        self.offsets |= offsets

    async def pass_over(self, removed: Mapping[str, Removed]) -> None:
        self.removed.append(dict(removed))
        await self.keep({place: begin for place, (_, begin) in removed.items()})


@pytest.fixture
def topic() -> Topic:
    return Topic()


@pytest.fixture
def own() -> Kept:
    return Kept()


@pytest.fixture
def going_on(topic: Topic, own: Kept) -> GoingOn:
    return GoingOn(topic, own)


def unread() -> float:
    return REGISTRY.get_sample_value("careerpulse_unread_offsets_total", {"topic": PLACE.topic}) or 0.0


def batch(*offsets: int) -> dict[TopicPartition, list[Any]]:
    return {PLACE: [SimpleNamespace(offset=offset) for offset in offsets]}


async def began(going_on: GoingOn) -> None:
    going_on.on_partitions_assigned([PLACE])
    await going_on.seek()


@pytest.mark.parametrize(("kept", "begin"), [(None, 0), (7, 0), (7, 7)])
async def test_where_nothing_unread_was_removed_nothing_is_told(
    topic: Topic, own: Kept, going_on: GoingOn, kept: int | None, begin: int
) -> None:
    topic.begin, own.offsets = begin, {} if kept is None else {name(PLACE): kept}
    before = unread()
    with capture_logs() as lines:
        await began(going_on)
    assert (lines, unread(), topic.position, topic.paused) == ([], before, kept or 0, set())


@pytest.mark.parametrize(("kept", "lost"), [(7, 3), (None, 10)])
async def test_what_was_removed_below_the_beginning_is_counted_and_written_down_once(
    topic: Topic, own: Kept, going_on: GoingOn, kept: int | None, lost: int
) -> None:
    # Given a log that begins beyond what the store has read, if it has read anything
    topic.begin, own.offsets = 10, {} if kept is None else {name(PLACE): kept}
    before = unread()
    # When a member begins, then it says between which offsets, and goes on at the beginning
    with capture_logs() as lines:
        await began(going_on)
    told = {"topic": PLACE.topic, "partition": 0, "first": kept or 0, "begin": 10}
    assert lines == [{"event": "unread-removed", "log_level": "error", **told}]
    assert (unread() - before, topic.position) == (lost, 10)
    # When the next one begins before anything has come, then it is not told again
    with capture_logs() as lines:
        await began(GoingOn(topic, own))
    assert (lines, unread() - before) == ([], lost)
    # And the store has it once, for its entry
    assert own.removed == [{name(PLACE): (kept or 0, 10)}]


async def test_what_was_removed_while_the_work_waited_is_told_before_the_next_batch_is_worked_on(
    topic: Topic, own: Kept, going_on: GoingOn
) -> None:
    await began(going_on)
    await going_on.look(batch(0, 1))
    topic.begin, before = 5, unread()
    with capture_logs() as lines:
        await going_on.look(batch(5, 6))
        await going_on.look(batch(7))
    assert [(one["first"], one["begin"]) for one in lines] == [(2, 5)]
    assert own.removed == [{name(PLACE): (2, 5)}]
    assert unread() - before == 3


async def test_a_gap_that_the_broker_left_is_nothing_lost(topic: Topic, going_on: GoingOn) -> None:
    await began(going_on)
    before = unread()
    with capture_logs() as lines:
        await going_on.look(batch(0, 1))
        await going_on.look(batch(3, 5))
    assert (lines, unread()) == ([], before)


async def test_a_broker_that_does_not_say_where_its_log_begins_is_asked_again(
    topic: Topic, own: Kept, going_on: GoingOn
) -> None:
    # Given a broker that does not answer, then what is held back stays so
    own.offsets, topic.begin, topic.away, before = {name(PLACE): 7}, 10, True, unread()
    await began(going_on)
    assert (topic.position, topic.paused) == (None, {PLACE})
    # When it answers, then it is told
    topic.away = False
    await going_on.seek()
    assert (topic.position, topic.paused, unread() - before) == (10, set(), 3)
    # And the same between two batches
    await going_on.look(batch(10))
    topic.away, topic.begin = True, 15
    await going_on.look(batch(15))
    topic.away = False
    await going_on.look(batch(16))
    assert unread() - before == 3 + 4


async def test_how_far_a_partition_was_read_is_forgotten_when_another_member_takes_it(
    topic: Topic, own: Kept, going_on: GoingOn
) -> None:
    # Given a partition that another member read on
    await began(going_on)
    await going_on.look(batch(0))
    going_on.on_partitions_revoked([PLACE])
    own.offsets, topic.begin, before = {name(PLACE): 20}, 15, unread()
    # When it comes back, then what that one read is not missed
    await began(going_on)
    await going_on.look(batch(20))
    assert unread() == before
