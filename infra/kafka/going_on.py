"""Where a store that keeps its own offsets goes on reading, and what retention removed before it had read it.

A consumer that finds its offset below the beginning of the log goes on at the beginning and says nothing. Here that
is counted, written down, and an entry of the log. Offsets have gaps, so a jump alone tells nothing: the broker says
where its log begins.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Counter

UNREAD = Counter(
    "careerpulse_unread_offsets_total",
    "Offsets of a topic that retention removed before they were read",
    ["topic"],
)
log = structlog.get_logger(__name__)


Removed = tuple[int, int]
"""The first offset that was not read, and the one at which the partition begins now."""


class OwnOffsets(Protocol):
    """Offsets that a store keeps beside its effects, by `topic/partition`: restored together, they fit together."""

    async def kept(self) -> Mapping[str, int]:
        """Where to go on in each partition."""

    async def keep(self, offsets: Mapping[str, int]) -> None:
        """Keep where to go on; what lies before it is stored."""

    async def pass_over(self, removed: Mapping[str, Removed]) -> None:
        """Keep that retention removed this of each partition, as an entry of the log, and that it goes on behind."""


class GoingOn(ConsumerRebalanceListener):  # type: ignore[misc]
    """Begins each partition at the store's own offset; where the topic has it no longer, at the first record.

    A partition that was assigned is held back until then: the store may answer later than the first fetch, which
    begins where the group stands. The loop seeks between two batches, so that what was in hand is kept by then.
    """

    def __init__(self, consumer: AIOKafkaConsumer, own: OwnOffsets) -> None:
        self._consumer = consumer
        self._own = own
        self._held: frozenset[TopicPartition] = frozenset()
        self._reached: dict[TopicPartition, int] = {}

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """What was held back is no longer ours, nor is it known how far another member comes."""
        self._held = frozenset()
        self._reached = {}

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Hold back what is ours now."""
        self._consumer.pause(*assigned)
        self._held = frozenset(assigned)

    async def seek(self) -> None:
        """Let go of what is held back, from the store's own offset on. Raises what the store raises.

        What retention has removed below the beginning is told once: the beginning is kept as where to go on.
        """
        held = self._held
        if not held:
            return
        kept = await self._own.kept()
        begins = await self._begins(held)
        if begins is None or held != self._held:
            return
        offsets = {place: kept.get(name(place), 0) for place in held}
        removed = await self._tell_unread(offsets, begins)
        if held != self._held:
            return
        self._reached = offsets | {place: begin for place, (_, begin) in removed.items()}
        for place, offset in self._reached.items():
            self._consumer.seek(place, offset)
            self._consumer.resume(place)
        self._held = frozenset()

    async def look(self, fetched: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> None:
        """Tell what was removed between the batch before and this one, as while the work waited for a part.

        Before the work, which may store how far it has come.
        """
        batches = {place: batch for place, batch in fetched.items() if batch}
        jumps = {
            place: self._reached[place]
            for place, batch in batches.items()
            if batch[0].offset > self._reached.get(place, batch[0].offset)
        }
        begins = await self._begins(jumps) if jumps else {}
        if begins is None:
            return  # asked again at the next batch, from where this one should have begun
        await self._tell_unread(jumps, begins)
        self._reached |= {place: batch[-1].offset + 1 for place, batch in batches.items()}

    async def _tell_unread(
        self, offsets: Mapping[TopicPartition, int], begins: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, Removed]:
        """Keep, count and write down what lies between where to go on and the beginning; gives what that is."""
        removed = {place: (offset, begins[place]) for place, offset in offsets.items() if begins[place] > offset}
        if removed:
            await self._own.pass_over({name(place): one for place, one in removed.items()})
        for place, (first, begin) in removed.items():
            UNREAD.labels(place.topic).inc(begin - first)
            log.error("unread-removed", topic=place.topic, partition=place.partition, first=first, begin=begin)
        return removed

    async def _begins(self, places: Collection[TopicPartition]) -> Mapping[TopicPartition, int] | None:
        """Where the log begins in each; None where the broker does not say."""
        try:
            begins: Mapping[TopicPartition, int] = await self._consumer.beginning_offsets(list(places))
        except KafkaError as error:
            log.warning("beginnings-wait", reason=type(error).__name__)
            return None
        return begins


def name(place: TopicPartition) -> str:
    """A partition as a store names it."""
    return f"{place.topic}/{place.partition}"
