"""A broker of audit's own, so that no other test's records are in the topics, and what is sent to them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiokafka import AIOKafkaConsumer, TopicPartition

import services.audit
from infra.db.engine import Database
from infra.db.migrate import migrate
from infra.http.problems import problem_details
from infra.kafka.entry_outbox import EntryOutbox
from infra.kafka.producer import Outgoing, Producer
from infra.kafka.record_tag import RecordTags
from infra.local.broker import choose, start_broker
from infra.local.supervisor import Supervisor
from schemas.entry import leaf
from schemas.envelope import headers
from schemas.events import SCORED_TYPE, Cause, OutboxEntry, Scored
from schemas.topics import AUDIT_ENTRIES, AUDITED, SCORED, TOPICS
from services.audit.act_openings import ActOpenings
from services.audit.acts import SOURCE, Acts
from services.audit.acts_api import ActsApi
from services.audit.auditors import Auditors
from services.audit.entries_api import EntriesApi
from services.audit.evidence.packs import Packs
from services.audit.evidence.packs_api import PacksApi
from services.audit.incidents import Incidents
from services.audit.incidents_api import IncidentsApi
from services.audit.openings import Openings
from services.audit.privacy.reviews import Reviews
from services.audit.privacy.reviews_api import ReviewsApi
from services.audit.reading.loop import ReadingLoop
from services.audit.statistics.day_counts import DayCounts
from services.audit.statistics.drift_api import DriftApi
from services.audit.statistics.drift_watch import DriftWatch
from services.audit.statistics.fairness_api import FairnessApi
from services.audit.store import Store
from services.audit.tables import marks
from services.audit.tlog.appender import Appender
from services.audit.tlog.logs import Logs
from services.audit.trails_api import TrailsApi
from tests.conftest import DATA
from tests.integration.audit.office import TOKEN, Bearers, Office
from tests.twins.broker import Broker
from tests.twins.ledger import Ledger
from tests.unit.audit.examples import SIGNER

TIME = "2026-11-23T18:00:00Z"

RECORDS_KEY = b"k" * 64
"""The key of control records, of the tests and of the services that they start."""


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
    async with Producer(broker, "test", RecordTags([RECORDS_KEY])) as producer:
        yield producer


@pytest.fixture
async def offsets(broker: str) -> dict[str, int]:
    """Where the audited topics end now: a log that begins there reads what its own test sends."""
    places = [TopicPartition(topic.name, number) for topic in AUDITED for number in range(topic.partitions)]
    consumer = AIOKafkaConsumer(bootstrap_servers=broker)
    async with consumer:
        ends = await consumer.end_offsets(places)
    return {f"{place.topic}/{place.partition}": end for place, end in ends.items()}


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """Audit behind its routes, on both databases."""
    times = count()
    async with Database(database_url, "audit") as database:
        await migrate(database, Path(services.audit.__file__).with_name("migrations"))
        outbox, ledger, broker, store = EntryOutbox(database, SOURCE, marks), Ledger(), Broker(), Store(database)
        await outbox.open()
        with Appender(tmp_path / "log", SIGNER, clock=lambda: float(next(times))) as appender:
            acts, auditors = Acts(database, outbox, bytes(32)), Auditors(TOKEN, Bearers())
            openings = Openings(store, ledger, acts)
            app = web.Application(middlewares=[problem_details])
            app.add_routes(EntriesApi(appender, auditors, acts).table())
            counts = DayCounts(database, ledger, acts)
            app.add_routes(DriftApi(auditors, counts, acts).table())
            app.add_routes(FairnessApi(auditors, counts, acts).table())
            app.add_routes(IncidentsApi(auditors, Incidents(Logs([appender]), acts)).table())
            app.add_routes(TrailsApi(appender, auditors, openings).table())
            act_openings = ActOpenings(ledger, acts)
            app.add_routes(ActsApi(appender, auditors, act_openings).table())
            packs = Packs(
                logs=Logs([appender]),
                acts=acts,
                openings=openings,
                act_openings=act_openings,
                store=store,
                signers=[SIGNER],
            )
            app.add_routes(PacksApi(auditors, packs).table())
            reviews = Reviews(
                database=database, keys=ledger, producer=broker, acts=acts, openings=openings, logs=Logs([appender])
            )
            app.add_routes(ReviewsApi(auditors, reviews).table())
            async with TestClient(TestServer(app)) as client:
                reading = ReadingLoop("", Logs([appender]), store, broker)
                yield Office(
                    client,
                    appender,
                    store,
                    ledger,
                    broker,
                    outbox,
                    reading,
                    counts,
                    DriftWatch(database, counts, acts),
                    database,
                    acts,
                    reviews,
                )


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
