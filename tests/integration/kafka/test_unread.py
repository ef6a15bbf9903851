"""What a broker removed before a store had read it is told: the embedded broker drops the oldest beyond 5 MiB."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence

from aiokafka import ConsumerRecord
from structlog.testing import capture_logs

from infra.kafka.batch_loop import BatchLoop
from schemas.topics import Topic
from tests.integration.kafka.test_batch_loop import Kept, ended, put

LARGE, LAST = b"x" * 500_000, b"last"


class Reader(Kept):
    """Work that may have to wait, and the store of how far it has come; each `last` record ends a turn."""

    def __init__(self) -> None:
        super().__init__({})
        self.worked: list[ConsumerRecord] = []
        self.holds, self.free, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(self, records: Sequence[ConsumerRecord]) -> None:
        self.holds.set()
        await self.free.wait()
        self.worked += records

    async def keep(self, offsets: Mapping[str, int]) -> None:
        await super().keep(offsets)
        if self.worked and self.worked[-1].value == LAST and self.worked[-1].offset + 1 in offsets.values():
            self.ended.set()


async def overflow(bootstrap: str, topic: Topic) -> None:
    """Write more than the topic holds."""
    for value in (*[LARGE] * 30, LAST):
        await put(bootstrap, topic, value)


async def test_what_was_removed_while_the_work_waited_or_the_reader_was_away_is_told(embedded_broker: str) -> None:
    topic, reader = Topic(f"test.{uuid.uuid4().hex}", "test", "alias", 1), Reader()

    def begun() -> "asyncio.Task[None]":
        loop = BatchLoop(embedded_broker, uuid.uuid4().hex, [topic], reader.work, reader)
        return asyncio.create_task(loop.run())

    await put(embedded_broker, topic, b"first")
    with capture_logs() as lines:
        # Given a reader whose work waits, while more is written than the topic holds
        running = begun()
        await reader.holds.wait()
        await overflow(embedded_broker, topic)
        # When it goes on; and when as much is written again before another one begins
        reader.free.set()
        await reader.ended.wait()
        await ended(running)
        reader.ended.clear()
        await overflow(embedded_broker, topic)
        running = begun()
        await reader.ended.wait()
        await ended(running)
    # Then each offset was either worked on or told, and none both
    told = [range(one["first"], one["begin"]) for one in lines if one["event"] == "unread-removed"]
    assert len(told) == 2
    worked = [record.offset for record in reader.worked]
    assert sorted([*worked, *told[0], *told[1]]) == list(range(63))
