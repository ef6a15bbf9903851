"""What only the broker knows of completeness: how far its readers have come, and the records that must have entries.

Audit's own offsets stand in the log's state file, those of scoring in its consumer group; nothing here commits any.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from infra.kafka.dead_letter import Poisoned
from infra.kafka.security import security
from infra.kafka.started import started
from schemas.topics import AUDIT_ENTRIES, AUDITED, SCORING_GROUP, SUBMITTED
from services.audit.completeness.findings import ENTERED, SET_ASIDE_BY_AUDIT, Gap, Tally
from services.audit.completeness.kept import displaced
from services.audit.reading.arrivals import read
from services.audit.reading.positions import Partition

_WAIT_MS = 500
_BATCH = 2_000
_AUDITED = tuple(TopicPartition(topic.name, number) for topic in AUDITED for number in range(topic.partitions))


@dataclass(frozen=True, slots=True)
class BrokerView:
    """One look at the broker: the offsets that scoring has committed, and each audited partition, in this order.

    An offset is None where scoring's group has none.
    """

    committed: Mapping[str, int | None]
    partitions: tuple[Partition, ...]
    consumer: AIOKafkaConsumer

    async def stands(self) -> dict[str, int | None]:
        """Where scoring stood at the look: where the records begin, if it had not committed and has since, as in its
        first batch.
        """
        begins = {one.source: one.begin for one in self.partitions}
        return {source: await self._stood(source, begins[source]) for source in self.committed}

    async def _stood(self, source: str, begin: int) -> int | None:
        offset = self.committed[source]
        if offset is not None or await self.consumer.committed(_place(source)) is None:
            return offset
        return begin

    async def records(self) -> AsyncIterator[ConsumerRecord]:
        """Every record that the audited partitions hold up to the ends that were seen."""
        ends = {one.source: one.end for one in self.partitions if one.begin < one.end}
        wanted = [place for place in _AUDITED if _name(place) in ends]
        self.consumer.assign(wanted)
        for one in self.partitions:
            if one.source in ends:
                self.consumer.seek(_place(one.source), one.begin)
        while wanted:
            fetched = await self.consumer.getmany(*wanted, timeout_ms=_WAIT_MS, max_records=_BATCH)
            for records in fetched.values():
                for record in records:
                    if record.offset < ends[_name(record)]:
                        yield record
            # A position may lie beyond the last record, where the broker keeps offsets for itself.
            wanted = [place for place in wanted if await self.consumer.position(place) < ends[_name(place)]]


@asynccontextmanager
async def broker_view(bootstrap: str) -> AsyncIterator[BrokerView]:
    """A look at the broker. Raises aiokafka's KafkaError where it does not answer."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=SCORING_GROUP, enable_auto_commit=False, **security().of_aiokafka()
    )
    async with started(consumer):
        # Scoring's offsets first: what it has committed was sent before, so it lies below the ends that follow.
        committed: dict[str, int | None] = {}
        for number in range(SUBMITTED.partitions):
            place = TopicPartition(SUBMITTED.name, number)
            committed[_name(place)] = await consumer.committed(place)
        begins, ends = await consumer.beginning_offsets(_AUDITED), await consumer.end_offsets(_AUDITED)
        partitions = tuple(Partition(_name(place), begins[place], ends[place]) for place in _AUDITED)
        yield BrokerView(committed, partitions, consumer)


def behind(partitions: Iterable[Partition], offsets: Mapping[str, int]) -> list[Partition]:
    """The partitions that the log has not read to the end that was seen."""
    return [one for one in partitions if max(offsets.get(one.source, 0), one.begin) < one.end]


def without_entry(record: ConsumerRecord, tally: Tally) -> tuple[Gap, str | None] | None:
    """What is missing where the log has neither this record's entry nor one that it was set aside; else None.

    Beside it stands the id of the entry that it brings: where that is in the log from elsewhere, nothing is missing.
    """
    bits = tally.places.get(_name(record), record.offset)
    if bits & SET_ASIDE_BY_AUDIT or (bits & ENTERED and record.topic != AUDIT_ENTRIES.name):
        return None
    gap = Gap(_name(record), f"the record at offset {record.offset} has no entry in the log", "no-entry")
    try:
        arrived = read(record)
    except Poisoned:
        return gap, None
    if not tally.places.get(arrived.source, arrived.place) & ENTERED:
        return gap, arrived.leaf.id
    if tally.has_number(arrived.source, arrived.place, arrived.leaf.id):
        return None
    return displaced(arrived.source, arrived.place), arrived.leaf.id


def _name(place: ConsumerRecord | TopicPartition) -> str:
    return f"{place.topic}/{place.partition}"


def _place(source: str) -> TopicPartition:
    topic, _, number = source.rpartition("/")
    return TopicPartition(topic, int(number))
