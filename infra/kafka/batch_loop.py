"""The batch loop: fetch up to 2,000 records, work on them, commit. Nothing is awaited record by record.

An effect is at least once: the offsets are committed after the work is done, so a crash repeats a batch. The work
must be idempotent by event id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from infra.kafka.security import security
from schemas.topics import Topic

MAX_RECORDS = 2_000
MAX_PARTITION_FETCH_BYTES = 4 * 1024 * 1024
_PAUSE_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)

Work = Callable[[Sequence[ConsumerRecord]], Awaitable[None]]
log = structlog.get_logger(__name__)


class Unavailable(Exception):
    """A part that the work needs is down. The batch waits and is tried again; it is never a refusal."""


class OwnOffsets(Protocol):
    """Offsets that a store keeps beside its effects, by `topic/partition`: restored together, they fit together."""

    async def kept(self) -> Mapping[str, int]:
        """Where to go on in each partition."""

    async def keep(self, offsets: Mapping[str, int]) -> None:
        """Keep where to go on; what lies before it is stored."""


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
        going_on = _GoingOn(consumer, self._own) if self._own else None
        consumer.subscribe(self._topics, listener=going_on)
        try:
            await consumer.start()
            self.ready.set()
            while True:
                if going_on:
                    await going_on.seek()
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
        if self._own is not None:
            await self._own.keep({_name(place): offset for place, offset in offsets.items()})
        try:
            await consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            # Another member has taken the partition over; it repeats the batch, which changes nothing.
            log.info("commit-superseded", group=self.group, reason=type(error).__name__)
        except KafkaError as error:
            log.warning("commit-postponed", group=self.group, reason=repr(error))


class _GoingOn(ConsumerRebalanceListener):  # type: ignore[misc]
    """Begins each partition at the store's own offset; where the topic has it no longer, at the first record.

    A partition that was assigned is held back until then: the store may answer later than the first fetch, which
    begins where the group stands. The loop seeks between two batches, so that what was in hand is kept by then.
    """

    def __init__(self, consumer: AIOKafkaConsumer, own: OwnOffsets) -> None:
        self._consumer = consumer
        self._own = own
        self._held: frozenset[TopicPartition] = frozenset()

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """What was held back is no longer ours."""
        self._held = frozenset()

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Hold back what is ours now."""
        self._consumer.pause(*assigned)
        self._held = frozenset(assigned)

    async def seek(self) -> None:
        """Let go of what is held back, from the store's own offset on. Raises what the store raises."""
        if not self._held:
            return
        kept = await self._own.kept()
        for place in self._held:
            self._consumer.seek(place, kept.get(_name(place), 0))
            self._consumer.resume(place)
        self._held = frozenset()


def _name(place: TopicPartition) -> str:
    return f"{place.topic}/{place.partition}"
