"""Sending many records at once: one batch for each partition, answered when the broker has them all."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from infra.kafka.record_tag import RecordTags
from infra.kafka.security import security
from infra.kafka.started import started
from schemas.envelope import REPLAY_OF
from schemas.topics import Topic, partition_of

BATCH_BYTES = 900_000
LARGEST_RECORD_BYTES = 1_000_000
"""Key, value and headers; a broker's bound of 1,048,588 bytes (`message.max.bytes`) counts the batch's frame too."""
_REQUEST_TIMEOUT_MS = 10_000
_SEND_SECONDS = 15.0

Headers = tuple[tuple[str, bytes], ...]


class RecordTooLarge(ValueError):
    """A record that no broker of ours takes, however often it is sent. Says its size and the bound."""


class BrokerUnavailable(Exception):
    """The broker did not take the records in time. They may be sent again: every consumer knows repetitions."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to be sent. `partition` is that of the alias `key`, unless given."""

    topic: Topic
    key: str
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None

    @property
    def size(self) -> int:
        """Bytes of key, value and headers."""
        headers = sum(len(name.encode()) + len(value) for name, value in self.headers)
        return len(self.key.encode()) + len(self.value or b"") + headers

    def destination(self) -> tuple[str, int]:
        """Topic and partition."""
        if self.partition is not None:
            return self.topic.name, self.partition
        if self.topic.partitions == 1:
            return self.topic.name, 0
        return self.topic.name, partition_of(self.key, self.topic.partitions)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the broker put a record."""

    topic: str
    partition: int
    offset: int


@dataclass(slots=True)
class _Parcel:
    """Records for one partition that travel in one batch."""

    destination: tuple[str, int]
    batch: object
    indices: list[int] = field(default_factory=list)


class Producer:
    """An idempotent producer with `acks=all`. Use as an async context manager.

    With `tags` each record for a tagged topic bears one; a replayed record keeps the one that it came with, or none.
    """

    def __init__(self, bootstrap: str, client_id: str, tags: RecordTags | None = None) -> None:
        self._tags = tags
        self._inner = AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            client_id=client_id,
            acks="all",
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES,
            max_request_size=LARGEST_RECORD_BYTES + 100_000,
            request_timeout_ms=_REQUEST_TIMEOUT_MS,
            **security().of_aiokafka(),
        )
        self._running = started(self._inner)

    async def __aenter__(self) -> "Producer":
        try:
            await self._running.__aenter__()
        except KafkaError as error:
            raise BrokerUnavailable(f"no broker answers: {error!r}") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._running.__aexit__(kind, error, trace)

    async def send(self, records: Sequence[Outgoing]) -> list[Place]:
        """Send all records; return their places in the same order once the broker has acknowledged each.

        Raises BrokerUnavailable; some of the records may then be in the topic all the same. Raises RecordTooLarge
        before anything is sent.
        """
        places: list[Place | None] = [None] * len(records)
        parcels = self._parcels([self._tagged(record) for record in records])
        try:
            # A batch that was on its way when the broker went is tried for ever inside: the bound is ours.
            async with asyncio.timeout(_SEND_SECONDS):
                sent = [(parcel, await self._begin(parcel)) for parcel in parcels]
                for parcel, future in sent:
                    written = await future
                    for step, index in enumerate(parcel.indices):
                        places[index] = Place(*parcel.destination, written.offset + step)
        except (KafkaError, TimeoutError) as error:
            raise BrokerUnavailable(f"the broker did not take {len(records)} records: {error!r}") from error
        return [place for place in places if place is not None]

    def _tagged(self, record: Outgoing) -> Outgoing:
        if self._tags is None or not record.topic.tagged or any(name == REPLAY_OF for name, _ in record.headers):
            return record
        header = self._tags.header(record.topic.name, record.key.encode(), record.value)
        return replace(record, headers=(*record.headers, header))

    async def _begin(self, parcel: _Parcel) -> Any:
        topic, partition = parcel.destination
        return await self._inner.send_batch(parcel.batch, topic, partition=partition)

    def _parcels(self, records: Sequence[Outgoing]) -> list[_Parcel]:
        for record in records:
            if record.size > LARGEST_RECORD_BYTES:
                raise RecordTooLarge(
                    f"a record of {record.size} bytes for {record.topic.name}; {LARGEST_RECORD_BYTES} are the bound"
                )
        parcels: list[_Parcel] = []
        filling: dict[tuple[str, int], _Parcel] = {}
        for index, record in enumerate(records):
            destination = record.destination()
            parcel = filling.get(destination)
            if parcel is None or not _append(parcel.batch, record):
                parcel = _Parcel(destination, self._inner.create_batch())
                filling[destination] = parcel
                parcels.append(parcel)
                _append(parcel.batch, record)  # the first record of a batch always fits
            parcel.indices.append(index)
        return parcels


def _append(batch: object, record: Outgoing) -> bool:
    written = batch.append(  # type: ignore[attr-defined]
        key=record.key.encode(), value=record.value, timestamp=None, headers=list(record.headers)
    )
    return written is not None
