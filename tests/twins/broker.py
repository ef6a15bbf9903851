"""A producer whose records are kept in memory, each at the place that a broker would have given it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from infra.kafka.producer import BrokerUnavailable, Outgoing, Place


@dataclass(frozen=True, slots=True)
class Record:
    """What a consumer gets of a record."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(slots=True)
class Broker:
    """`away` makes it refuse."""

    away: bool = False
    records: list[Record] = field(default_factory=list)

    async def send(self, records: Sequence[Outgoing]) -> list[Place]:
        if self.away:
            raise BrokerUnavailable("the broker did not take the records")
        return [self._append(one) for one in records]

    def of(self, topic: str) -> list[Record]:
        return [record for record in self.records if record.topic == topic]

    def _append(self, one: Outgoing) -> Place:
        topic, partition = one.destination()
        offset = sum((record.topic, record.partition) == (topic, partition) for record in self.records)
        self.records.append(Record(topic, partition, offset, one.key.encode(), one.value, one.headers))
        return Place(topic, partition, offset)
