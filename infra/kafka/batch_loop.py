"""The batch loop: fetch up to 2,000 records, work on them, commit. Nothing is awaited record by record.

An effect is at least once: the offsets are committed after the work is done, so a crash repeats a batch. The work
must be idempotent by event id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from infra.kafka.going_on import GoingOn, OwnOffsets, name
from infra.kafka.security import security
from infra.kafka.started import started
from schemas.topics import Topic

MAX_RECORDS = 2_000
MAX_PARTITION_FETCH_BYTES = 4 * 1024 * 1024
_PAUSE_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)

Work = Callable[[Sequence[ConsumerRecord]], Awaitable[None]]
log = structlog.get_logger(__name__)


class Unavailable(Exception):
    """A part that the work needs is down. The batch waits and is tried again; it is never a refusal."""


class BatchLoop:
    """One member of the consumer group `group` over `topics`, calling `work` with each batch in offset order.

    With `own` it goes on from there and not from the group's offsets, which a restored store has not come to.
    """

    def __init__(
        self, bootstrap: str, group: str, topics: Sequence[Topic], work: Work, own: OwnOffsets | None = None
    ) -> None:
        self.group = group
        self._own = own
        self.ready = asyncio.Event()
        self._work = work
        self._topics = [topic.name for topic in topics]
        self._bootstrap = bootstrap

    async def run(self) -> None:
        """Work until cancelled. Raises what `work` raises, Unavailable excepted."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            group_id=self.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=MAX_PARTITION_FETCH_BYTES,
            session_timeout_ms=6_000,
            heartbeat_interval_ms=1_000,
            max_poll_interval_ms=600_000,
            **security().of_aiokafka(),
        )
        going_on = GoingOn(consumer, self._own) if self._own else None
        consumer.subscribe(self._topics, listener=going_on)
        async with started(consumer):
            try:
                self.ready.set()
                while True:
                    if going_on:
                        await going_on.seek()
                    await self._one_batch(consumer, going_on)
            finally:
                self.ready.clear()

    async def _one_batch(self, consumer: AIOKafkaConsumer, going_on: GoingOn | None) -> None:
        fetched = await consumer.getmany(timeout_ms=500, max_records=MAX_RECORDS)
        records = [record for batch in fetched.values() for record in batch]
        if not records:
            return
        if going_on:
            await going_on.look(fetched)
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
        if self._own is not None:
            await self._own.keep({name(place): offset for place, offset in offsets.items()})
        try:
            await consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            # Another member has taken the partition over; it repeats the batch, which changes nothing.
            log.info("commit-superseded", group=self.group, reason=type(error).__name__)
        except KafkaError as error:
            log.warning("commit-postponed", group=self.group, reason=repr(error))
