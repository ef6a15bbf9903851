"""A batch is worked on at least once: what was not committed comes again, and what is down is waited for."""

import asyncio
import uuid
from collections.abc import Sequence

import pytest
from aiokafka import ConsumerRecord

from infra.kafka import batch_loop
from infra.kafka.batch_loop import BatchLoop, Unavailable
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
