"""A batch is worked on at least once: what was not committed comes again, and what is down is waited for."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence

import pytest
from aiokafka import ConsumerRecord

from infra.kafka import batch_loop
from infra.kafka.batch_loop import BatchLoop, Unavailable
from infra.kafka.going_on import Removed
from infra.kafka.producer import Outgoing, Producer
from schemas.topics import Topic
from tests.integration.kafka.conftest import MakeTopic

pytestmark = pytest.mark.kafka


async def put(bootstrap: str, topic: Topic, *values: bytes) -> None:
    async with Producer(bootstrap, "test") as producer:
        await producer.send([Outgoing(topic, "0" * 32, value) for value in values])


class Seen:
    """The values of every record that was worked on, in order."""

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self.more = asyncio.Event()

    async def work(self, records: Sequence[ConsumerRecord]) -> None:
        self.values += [record.value for record in records]
        self.more.set()

    async def until(self, count: int) -> list[bytes]:
        while len(self.values) < count:
            self.more.clear()
            await self.more.wait()
        return self.values


async def ended(running: "asyncio.Task[None]") -> None:
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_batch_that_crashed_before_its_commit_is_repeated(kafka: str, make_topic: MakeTopic) -> None:
    # Given a loop whose work crashes
    topic, group = await make_topic(), uuid.uuid4().hex
    await put(kafka, topic, b"1", b"2")

    async def crash(records: Sequence[ConsumerRecord]) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await BatchLoop(kafka, group, [topic], crash).run()
    # When the next one runs
    seen = Seen()
    running = asyncio.create_task(BatchLoop(kafka, group, [topic], seen.work).run())
    # Then it gets the whole batch
    assert await seen.until(2) == [b"1", b"2"]
    await ended(running)


async def test_a_committed_batch_is_not_repeated(kafka: str, make_topic: MakeTopic) -> None:
    topic, group = await make_topic(), uuid.uuid4().hex
    await put(kafka, topic, b"1")
    first = Seen()
    running = asyncio.create_task(BatchLoop(kafka, group, [topic], first.work).run())
    await first.until(1)
    await put(kafka, topic, b"2")
    await first.until(2)  # the second batch is fetched after the first was committed
    await ended(running)
    await put(kafka, topic, b"3")
    second = Seen()
    running = asyncio.create_task(BatchLoop(kafka, group, [topic], second.work).run())
    assert b"1" not in await second.until(1)
    await ended(running)


async def test_while_a_part_is_down_the_batch_waits_and_none_is_lost(
    kafka: str, make_topic: MakeTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given work that needs a part which is down at first
    monkeypatch.setattr(batch_loop, "_PAUSE_SECONDS", (0.0,))
    topic = await make_topic()
    await put(kafka, topic, b"1", b"2")
    seen, attempts = Seen(), 0

    async def work(records: Sequence[ConsumerRecord]) -> None:
        nonlocal attempts
        attempts += 1
        if attempts <= 3:
            raise Unavailable("it is down")
        await seen.work(records)

    # When it comes back
    loop = BatchLoop(kafka, uuid.uuid4().hex, [topic], work)
    running = asyncio.create_task(loop.run())
    # Then the same batch is worked on, once
    assert await seen.until(2) == [b"1", b"2"]
    assert attempts == 4
    assert loop.ready.is_set()
    await ended(running)
    assert not loop.ready.is_set()


class Kept:
    """A store's own offsets."""

    def __init__(self, offsets: dict[str, int]) -> None:
        self.offsets = offsets

    async def kept(self) -> dict[str, int]:
        return dict(self.offsets)

    async def keep(self, offsets: Mapping[str, int]) -> None:
        self.offsets |= offsets

    async def pass_over(self, removed: Mapping[str, Removed]) -> None:
        await self.keep({place: begin for place, (_, begin) in removed.items()})


async def test_a_store_that_keeps_its_own_offsets_goes_on_from_them(kafka: str, make_topic: MakeTopic) -> None:
    # Given a store that has read everything, and a group that has committed it
    topic, group, own = await make_topic(), uuid.uuid4().hex, Kept({})
    await put(kafka, topic, b"1")
    first = Seen()
    running = asyncio.create_task(BatchLoop(kafka, group, [topic], first.work, own).run())
    await first.until(1)
    await put(kafka, topic, b"2")
    await first.until(2)
    await ended(running)
    (place,) = own.offsets
    # When the store is restored from before the second record
    own.offsets[place] = 1
    second = Seen()
    running = asyncio.create_task(BatchLoop(kafka, group, [topic], second.work, own).run())
    # Then it reads that record again, and not the first
    assert await second.until(1) == [b"2"]
    await ended(running)


async def test_a_store_that_answers_late_is_waited_for_before_anything_is_fetched(
    kafka: str, make_topic: MakeTopic
) -> None:
    # Given a store that has read the first record, in a group that has committed nothing
    topic, hasty, seen = await make_topic(), Seen(), Seen()
    await put(kafka, topic, b"1", b"2")
    unhindered = BatchLoop(kafka, uuid.uuid4().hex, [topic], hasty.work)

    class Late(Kept):
        """Answers when another group has had the time to join and to fetch everything."""

        async def kept(self) -> dict[str, int]:
            if not hasty.values:
                other = asyncio.create_task(unhindered.run())
                await hasty.until(2)
                await ended(other)
            return await super().kept()

    # When a member begins
    own = Late({f"{topic.name}/{number}": 1 for number in range(topic.partitions)})
    running = asyncio.create_task(BatchLoop(kafka, uuid.uuid4().hex, [topic], seen.work, own).run())
    # Then it never sees what the store has
    assert await seen.until(1) == [b"2"]
    await ended(running)


async def test_an_offset_that_the_topic_does_not_have_begins_at_its_first_record(
    kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic()
    await put(kafka, topic, b"1")
    seen = Seen()
    own = Kept({f"{topic.name}/{number}": 1_000 for number in range(topic.partitions)})
    running = asyncio.create_task(BatchLoop(kafka, uuid.uuid4().hex, [topic], seen.work, own).run())
    assert await seen.until(1) == [b"1"]
    await ended(running)
