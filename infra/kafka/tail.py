"""The tail of a topic with one partition: what was written from an offset on, up to the end as it is now."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from infra.kafka.security import security
from infra.kafka.started import started
from schemas.topics import Topic

_BATCH = 500
_WAIT_MS = 500


@dataclass(frozen=True, slots=True)
class Tail:
    """`first` is the topic's first offset, `begin` where this tail begins, `end` the offset after its last record."""

    first: int
    begin: int
    end: int
    consumer: AIOKafkaConsumer

    async def batches(self) -> AsyncIterator[Sequence[ConsumerRecord]]:
        """The records in their order, up to 500 at once."""
        reached = self.begin
        while reached < self.end:
            fetched = await self.consumer.getmany(timeout_ms=_WAIT_MS, max_records=_BATCH)
            for records in fetched.values():
                yield records
            (place,) = self.consumer.assignment()
            reached = await self.consumer.position(place)  # beyond the last record where compaction left gaps


@asynccontextmanager
async def tail(bootstrap: str, topic: Topic, kept: int) -> AsyncIterator[Tail]:
    """The tail from offset `kept`. Where the topic ends before it, it is another topic, and all of it is the tail."""
    place = TopicPartition(topic.name, 0)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **security().of_aiokafka(),
    )
    async with started(consumer):
        consumer.assign([place])
        first = (await consumer.beginning_offsets([place]))[place]
        end = (await consumer.end_offsets([place]))[place]
        begin = kept if first <= kept <= end else first
        consumer.seek(place, begin)
        yield Tail(first, begin, end, consumer)
