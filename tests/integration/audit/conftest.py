"""A broker of audit's own, so that no other test's records are in the topics, and what is sent to them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.kafka.producer import Outgoing, Producer
from infra.local.broker import choose, start_broker
from infra.local.supervisor import Supervisor
from schemas.entry import leaf
from schemas.envelope import headers
from schemas.events import SCORED_TYPE, Cause, OutboxEntry, Scored
from schemas.topics import AUDIT_ENTRIES, AUDITED, SCORED, TOPICS
from tests.conftest import DATA

TIME = "2026-11-23T18:00:00Z"


@pytest.fixture(scope="session")
def broker(session_loop: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap address of a real Apache Kafka with all topics, which only audit's tests use."""

    async def start(stack: AsyncExitStack) -> str:
        data = tmp_path_factory.mktemp("audit-kafka")
        supervisor = await stack.enter_async_context(Supervisor(data / "logs"))
        return await start_broker(await choose("apache", DATA), supervisor, data, TOPICS)

    stack = AsyncExitStack()
    try:
        yield session_loop.run(start(stack))
    finally:
        session_loop.run(stack.aclose())


@pytest.fixture
async def producer(broker: str) -> AsyncIterator[Producer]:
    async with Producer(broker, "test") as producer:
        yield producer


@pytest.fixture
async def offsets(broker: str) -> dict[str, int]:
    """Where the audited topics end now: a log that begins there reads what its own test sends."""
    places = [TopicPartition(topic.name, number) for topic in AUDITED for number in range(topic.partitions)]
    consumer = AIOKafkaConsumer(bootstrap_servers=broker)
    async with consumer:
        ends = await consumer.end_offsets(places)
    return {f"{place.topic}/{place.partition}": end for place, end in ends.items()}


def named(name: str) -> str:
    """128 bits in hex for a name: an alias, an event id, an entry id."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def scored(name: str, alias: str | None = None) -> Outgoing:
    """The record of one scored assessment; the entry's id is `named(name)`."""
    entry = leaf("scored", named(name), TIME, "service:scoring", "0.1.0")
    value = Scored("acme", Cause("assessments.submitted", 0, 0), b"result", b"detail", b"trail", entry)
    event = headers(named(f"event of {name}"), SCORED_TYPE, "scoring")
    return Outgoing(SCORED, alias or named(f"alias of {name}"), msgspec.msgpack.encode(value), event)


def outbox_entry(name: str, sequence: int, entry_type="erased", outbox: str = "consent") -> Outgoing:
    """An entry of an outbox."""
    entry = leaf(entry_type, named(name), TIME, "service:consent", "0.1.0")
    return Outgoing(AUDIT_ENTRIES, outbox, msgspec.msgpack.encode(OutboxEntry(outbox, sequence, entry)))


def many(prefix: str, count: int) -> Sequence[Outgoing]:
    return [scored(f"{prefix} {number}") for number in range(count)]
