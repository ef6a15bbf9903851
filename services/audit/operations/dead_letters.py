"""Dead letters as the broker holds them. Shown is what holds no personal data: never a key, a value or headers."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from infra.http.problems import unavailable
from infra.kafka.security import security
from infra.kafka.started import started
from schemas.envelope import first_place
from schemas.events import Cause, DeadLettered
from schemas.topics import AUDIT_ENTRIES, DEAD_AUDIT, DEAD_CONSENT, DEAD_INTAKE, DEAD_SCORING, TOPICS, Topic

DEAD = (DEAD_INTAKE, DEAD_SCORING, DEAD_AUDIT, DEAD_CONSENT)
NEWEST = 100
"""Dead letters of one topic that are listed."""
_WAIT_MS = 500
_BACKOFF_MS = 5
"""A new consumer waits so long, and by default 100 ms, each time it first hears of a topic: an operator waits too."""
_MILLISECONDS = 1_000
_KNOWN = {topic.name: topic for topic in TOPICS}


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead letter. `value` is what it carries; None for a record of the topic that is none."""

    topic: str
    offset: int
    at: datetime
    value: DeadLettered | None

    @property
    def id(self) -> str:
        """How an operator names it: `dead.scoring/7`."""
        return f"{self.topic}/{self.offset}"

    @property
    def size(self) -> int:
        """Bytes of the record that it carries."""
        return 0 if self.value is None else len(self.value.key or b"") + len(self.value.value or b"")

    @property
    def cause(self) -> Cause | None:
        """Where the record first stood."""
        return None if self.value is None else first_place(self.value.headers) or self.value.cause

    @property
    def target(self) -> Topic | None:
        """The topic that a replay goes to; None where none can help, see `why_not`."""
        return None if self.value is None or self.why_not() else _KNOWN[self.value.cause.topic]

    def why_not(self) -> str:
        """Why it cannot be replayed: a word, or nothing where it can."""
        if self.value is None or self.value.cause.topic not in _KNOWN:
            return "unreadable"
        if self.value.value is None or self.value.key is None:
            return "not-carried"
        if self.value.cause.topic == AUDIT_ENTRIES.name:
            return "in-order"
        return "" if _is_text(self.value.key) else "unreadable"


class DeadLetters:
    """Reads them, without a consumer group and without a trace."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    async def listed(self) -> list[DeadLetter]:
        """The newest of each topic, the newest first. Raises Problem (503)."""
        async with self._reading() as consumer:
            ranges = {
                place: (max(begin, end - NEWEST), end)
                for place, (begin, end) in (await _ends(consumer, [topic.name for topic in DEAD])).items()
            }
            found = await _read(consumer, ranges)
        return sorted(found, key=lambda one: (one.at, one.offset), reverse=True)

    async def one(self, topic: str, offset: int) -> DeadLetter | None:
        """The one at this place; None where there is none, or none any more. Raises Problem (503)."""
        if topic not in {each.name for each in DEAD}:
            return None
        async with self._reading() as consumer:
            ((place, (begin, end)),) = (await _ends(consumer, [topic])).items()
            found = await _read(consumer, {place: (offset, offset + 1)}) if begin <= offset < end else []
        return next((one for one in found if one.offset == offset), None)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            retry_backoff_ms=_BACKOFF_MS,
            **security().of_aiokafka(),
        )
        try:
            async with started(consumer):
                yield consumer
        except KafkaError:
            raise unavailable("The broker") from None


Ranges = dict[TopicPartition, tuple[int, int]]
"""From the first offset to before the second one."""


async def _ends(consumer: AIOKafkaConsumer, topics: Sequence[str]) -> Ranges:
    places = [TopicPartition(topic, 0) for topic in topics]
    begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
    return {place: (begins[place], ends[place]) for place in places}


async def _read(consumer: AIOKafkaConsumer, ranges: Ranges) -> list[DeadLetter]:
    """What lies in these ranges."""
    found: list[DeadLetter] = []
    wanted = [place for place, (start, end) in ranges.items() if start < end]
    # Once and for all: a consumer that is given other partitions while it fetches may never come to its end.
    consumer.assign(wanted)
    for place in wanted:
        consumer.seek(place, ranges[place][0])
    while wanted:
        fetched = await consumer.getmany(*wanted, timeout_ms=_WAIT_MS, max_records=NEWEST)
        for place, records in fetched.items():
            found += [letter_of(record) for record in records if record.offset < ranges[place][1]]
        wanted = [place for place in wanted if await consumer.position(place) < ranges[place][1]]
    return found


def letter_of(record: ConsumerRecord) -> DeadLetter:
    """The dead letter in a record."""
    at = datetime.fromtimestamp(record.timestamp // _MILLISECONDS, UTC)
    try:
        value = msgspec.msgpack.decode(record.value or b"", type=DeadLettered)
    except msgspec.DecodeError:
        return DeadLetter(record.topic, record.offset, at, None)
    return DeadLetter(record.topic, record.offset, at, value)


def _is_text(key: bytes) -> bool:
    try:
        key.decode()
    except UnicodeDecodeError:
        return False
    return True
