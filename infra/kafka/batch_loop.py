"""The batch loop: fetch up to 2,000 records, work on them, commit. Nothing is awaited record by record.

An effect is at least once: the offsets are committed after the work is done, so a crash repeats a batch. The work
must be idempotent by event id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from schemas.topics import Topic

MAX_RECORDS = 2_000
MAX_PARTITION_FETCH_BYTES = 4 * 1024 * 1024
_PAUSE_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)

Work = Callable[[Sequence[ConsumerRecord]], Awaitable[None]]
log = structlog.get_logger(__name__)


class Unavailable(Exception):
    """A part that the work needs is down. The batch waits and is tried again; it is never a refusal."""


class BatchLoop:
    """One member of the consumer group `group` over `topics`, calling `work` with each batch in offset order."""

    def __init__(self, bootstrap: str, group: str, topics: Sequence[Topic], work: Work) -> None:
        self.group = group
        self.ready = asyncio.Event()
        self._work = work
        self._topics = [topic.name for topic in topics]
        self._bootstrap = bootstrap

    async def run(self) -> None:
        """Work until cancelled. Raises what `work` raises, Unavailable excepted."""
        consumer = AIOKafkaConsumer(
            *self._topics,
            bootstrap_servers=self._bootstrap,
            group_id=self.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=MAX_PARTITION_FETCH_BYTES,
            session_timeout_ms=6_000,
            heartbeat_interval_ms=1_000,
            max_poll_interval_ms=600_000,
        )
        try:
            await consumer.start()
            self.ready.set()
            while True:
                await self._one_batch(consumer)
        finally:
            self.ready.clear()
            await consumer.stop()

    async def _one_batch(self, consumer: AIOKafkaConsumer) -> None:
        fetched = await consumer.getmany(timeout_ms=500, max_records=MAX_RECORDS)
        records = [record for batch in fetched.values() for record in batch]
        if not records:
            return
        await self._patiently(records)
        await self._commit(consumer, {place: batch[-1].offset + 1 for place, batch in fetched.items() if batch})

    async def _patiently(self, records: Sequence[ConsumerRecord]) -> None:
        attempt = 0
        while True:
            try:
                return await self._work(records)
            except Unavailable as error:
                pause = _PAUSE_SECONDS[min(attempt, len(_PAUSE_SECONDS) - 1)]
                log.warning("paused", group=self.group, records=len(records), reason=str(error), seconds=pause)
                await asyncio.sleep(pause)
                attempt += 1

    async def _commit(self, consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
        try:
            await consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            # Another member has taken the partition over; it repeats the batch, which changes nothing.
            log.info("commit-superseded", group=self.group, reason=type(error).__name__)
        except KafkaError as error:
            log.warning("commit-postponed", group=self.group, reason=repr(error))
