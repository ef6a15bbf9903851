"""Reads every partition of the audited topics, by assignment and without a group, and appends what they bring.

The offsets to go on from are committed with the entries, in the log's own state file. A batch: read, drop what the
log has, take the ids and keep the trails (one transaction), send the dead letters, append. Stopped anywhere between,
it is repeated whole, and what is there already is known by its mark or its id. A disk or a database that is full or
read-only, and a broker that is away, are waited for. Of several logs each takes its own partitions (see tlog/logs).
"""

import asyncio
import time
from collections.abc import Callable, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from prometheus_client import Counter, Gauge

from infra.kafka.batch_loop import MAX_PARTITION_FETCH_BYTES, MAX_RECORDS
from infra.kafka.dead_letter import Poisoned, dead_letter, place_of
from infra.kafka.producer import BrokerUnavailable, Outgoing, Producer
from infra.kafka.record_tag import RecordTags
from infra.kafka.security import security
from infra.kafka.started import started
from schemas.topics import AUDITED, DEAD_AUDIT, Topic
from services.audit.reading.arrivals import Arrived, Forged, read
from services.audit.reading.positions import Finding, Partition, positions
from services.audit.reading.selection import Completed, completed, fresh
from services.audit.reading.tagging import Tagging
from services.audit.store import Store
from services.audit.tlog.log import StoreError
from services.audit.tlog.logs import Logs

APPENDED = Counter("careerpulse_audit_entries_total", "Entries appended to the log")
REPEATED = Counter("careerpulse_audit_repetitions_total", "Records whose entry the log already had")
DEAD = Counter("careerpulse_audit_dead_letters_total", "Records that brought no entry")
FORGED = Counter("careerpulse_audit_forged_total", "Records among them that no service of ours can have written")
FINDINGS = Gauge("careerpulse_audit_findings", "What is missing of a source, see the log of the service", ["source"])
WAITING = Gauge("careerpulse_audit_waiting", "1 while the log waits for its disk, its database or the broker")

_IDLE_MS = 200
_PAUSE_SECONDS = (0.1, 0.5, 1.0, 5.0)
_SECONDS_A_DAY = 86_400
log = structlog.get_logger(__name__)


class ReadingLoop:
    """The one reader, for every log. With `tags` it takes of the outboxes what a service of ours has written."""

    def __init__(
        self,
        bootstrap: str,
        logs: Logs,
        store: Store,
        producer: Producer,
        *,
        clock: Callable[[], float] = time.time,
        tags: RecordTags | None = None,
    ) -> None:
        self.ready = asyncio.Event()
        self.findings: tuple[Finding, ...] = ()
        self._bootstrap = bootstrap
        self._logs = logs
        self._store = store
        self._producer = producer
        self._clock = clock
        self._tags = tags
        self._consumer: AIOKafkaConsumer = None
        self._paused: str | None = None
        self._store_failed = False

    def missing(self) -> str | None:
        """What keeps the loop from its work; None where nothing does."""
        if not self.ready.is_set():
            return "the topics are not being read yet"
        blocked = [finding.message for finding in self.findings if finding.blocking]
        return blocked[0] if blocked else self._paused

    async def caught_up(self, topic: Topic) -> None:
        """Wait until all is appended that the topic holds now."""
        await self.ready.wait()
        places = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        consumer = self._consumer
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        wanted = {_name(place): ends[place] for place in places if ends[place] > begins[place]}
        await self._logs.have_read(wanted)

    async def run(self) -> None:
        """Read until cancelled."""
        consumer = self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=MAX_PARTITION_FETCH_BYTES,
            **security().of_aiokafka(),
        )
        async with started(consumer):
            try:
                await self._assign(consumer)
                self.ready.set()
                while True:
                    fetched = await consumer.getmany(timeout_ms=_IDLE_MS, max_records=MAX_RECORDS)
                    await self._patiently([record for batch in fetched.values() for record in batch])
            finally:
                self.ready.clear()

    async def _assign(self, consumer: AIOKafkaConsumer) -> None:
        places = [TopicPartition(topic.name, number) for topic in AUDITED for number in range(topic.partitions)]
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        known = {_name(place): place for place in places}
        partitions = [Partition(_name(place), begins[place], ends[place]) for place in places]
        found = positions(partitions, self._logs.offsets)
        self.findings = found.findings
        for finding in found.findings:
            FINDINGS.labels(finding.source).inc()
            log.error("finding", source=finding.source, reason=finding.message)
        for source, span in found.lost.items():
            # Kept with the offset that passes over it, or the next start would not know of it any more.
            passing = self._logs[self._logs.of(known[source].partition)]
            await passing.append([], {}, {source: found.offsets[source]}, lost={source: span})
        consumer.assign([known[source] for source in found.offsets])
        for source, offset in found.offsets.items():
            consumer.seek(known[source], offset)

    async def _patiently(self, records: Sequence[ConsumerRecord]) -> None:
        """Work on the batch until it is done. A store or broker that fails is waited for: nothing is given up."""
        attempt = 0
        while True:
            try:
                if self._store_failed:
                    await self._logs.reopen()
                    self._store_failed = False
                await (self.work(records) if records else self._logs.sign())
            except (BrokerUnavailable, OSError) as error:
                self._store_failed = self._store_failed or isinstance(error, StoreError)
                self._paused = f"the log waits: {error}"
                WAITING.set(1)
                pause = _PAUSE_SECONDS[min(attempt, len(_PAUSE_SECONDS) - 1)]
                log.error("paused", records=len(records), reason=str(error), seconds=pause)
                await asyncio.sleep(pause)
                attempt += 1
            else:
                self._paused = None
                WAITING.set(0)
                return

    async def work(self, records: Sequence[ConsumerRecord]) -> None:
        """Append what the records bring.

        Raises StoreError, DatabaseUnavailable or BrokerUnavailable; then it is to be called again.
        """
        for number in range(self._logs.taking):
            share = [record for record in records if self._logs.of(record.partition) == number]
            if share:
                await self._take(number, share)

    async def _take(self, number: int, records: Sequence[ConsumerRecord]) -> None:
        """Append to the log of this number what the records of its partitions bring."""
        appender, marks = self._logs[number], self._logs.marks
        tagging = Tagging(self._tags, appender.state)
        arrived, dead = sift(records, tagging)
        today = int(self._clock()) // _SECONDS_A_DAY
        chosen, taken = fresh(arrived, marks)
        batch = completed(await self._store.claim(chosen, appender.state.size, today, number), marks)
        displaced = await self._displaced(taken)
        if dead:
            await self._producer.send(dead)
        offsets = {_name(record): record.offset + 1 for record in records}
        await appender.append(batch.entries, batch.marks, offsets, displaced=displaced, tagged=tagging.outboxes)
        self._tell(batch, len(arrived), len(dead))

    async def _displaced(self, taken: Sequence[Arrived]) -> dict[str, set[int]]:
        """The numbers under which entries came that are nowhere in the log: another one was there first."""
        found: dict[str, set[int]] = {}
        for one in await self._store.unknown(taken):
            found.setdefault(one.source, set()).add(one.place)
            FINDINGS.labels(one.source).inc()
            log.error("finding", source=one.source, reason=f"number {one.place} came again with another entry")
        return found

    def _tell(self, batch: Completed, arrived: int, dead: int) -> None:
        APPENDED.inc(len(batch.entries))
        REPEATED.inc(arrived - len(batch.entries))
        DEAD.inc(dead)
        for hole in batch.holes:
            FINDINGS.labels(hole.source).inc()
            log.error("finding", source=hole.source, reason=f"after place {hole.expected - 1} came {hole.found}")


def sift(records: Sequence[ConsumerRecord], tagging: Tagging) -> tuple[list[Arrived], list[Outgoing]]:
    """What the records of a batch bring, and the dead letters of those that bring nothing."""
    arrived: list[Arrived] = []
    dead: list[Outgoing] = []
    for record in records:
        try:
            one = read(record)
            tagging.demand(record, one)
            arrived.append(one)
        except Forged as forged:
            FORGED.inc()
            FINDINGS.labels(_name(record)).inc()
            log.error("finding", source=_name(record), reason=f"offset {record.offset} is forged: {forged}")
            dead.append(dead_letter(DEAD_AUDIT, "audit", record, forged, cause=place_of(record)))
        except Poisoned as poisoned:
            dead.append(dead_letter(DEAD_AUDIT, "audit", record, poisoned))
    return arrived, dead


def _name(place: ConsumerRecord | TopicPartition) -> str:
    """How the log's state file calls a partition."""
    return f"{place.topic}/{place.partition}"
