"""Direct Kafka, over a real broker, with confluent-kafka as the platform's client."""

import asyncio
import base64
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer
from confluent_kafka import Producer as PlatformProducer
from joserfc import jwe
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey
from joserfc.registry import HeaderParameter
from sqlalchemy import delete

from infra.db.engine import Database
from infra.http.body import BODY_BYTES
from infra.kafka.batch_loop import BatchLoop
from infra.kafka.producer import BrokerUnavailable, Producer
from schemas.direct import HANDED_IN_TYPE
from schemas.faults import MOST
from schemas.result import deliverable
from schemas.topics import SUBMITTED, inbound, inbound_errors, results
from services.intake.assessments.marks import Marks
from services.intake.assessments.read_marks import ReadMarks
from services.intake.direct.channels import Channels
from services.intake.direct.inbound import Inbound
from services.intake.direct.outbound import Outbound
from services.intake.direct.sealing import InboundKey, OrganisationKey
from services.intake.direct.service import Direct
from services.intake.handing_in.acceptance import Acceptance
from services.intake.handing_in.day_secrets import DaySecrets
from services.intake.handing_in.idempotency import IdempotencyKeys
from services.intake.results.delivery import Delivery
from services.intake.results.feed import Feed
from services.intake.results.views import Views
from services.intake.tables import idempotency_keys
from services.methodology.version import load
from tests.integration.intake.door import CANARY, Intake
from tests.integration.intake.test_delivery import staff
from tests.twins.broker import Broker
from tests.unit.intake.examples import employee, no_limits, raw

REGISTRY = JWERegistry(
    header_registry={"iss": HeaderParameter("Issuer", "str", required=True)}, algorithms=["ECDH-ES", "A256GCM"]
)


@dataclass
class Platform:
    """An organisation's platform with its own Kafka client and its own key."""

    tenant: str
    bootstrap: str
    key: ECKey
    published: dict[str, Any]

    def seal(self, body: bytes, iss: str | None = None) -> bytes:
        header = {"alg": "ECDH-ES", "enc": "A256GCM", "iss": iss or self.tenant}
        return jwe.encrypt_compact(header, body, ECKey.import_key(self.published), registry=REGISTRY).encode()

    def forge(self, body: bytes, crv: str) -> bytes:
        """Sealed, with another curve in the header than the key is on."""
        header, *parts = self.seal(body).split(b".")
        told = json.loads(base64.urlsafe_b64decode(header + b"=="))
        told["epk"]["crv"] = crv
        return b".".join([base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"="), *parts])

    def hand_in(self, value: bytes, event: str, **changed: str) -> None:
        """Send one record and wait for the broker."""
        headers = {"ce_specversion": "1.0", "ce_id": event, "ce_source": "/hr", "ce_type": HANDED_IN_TYPE}
        headers |= {"content-type": "application/jose"} | changed
        producer = PlatformProducer({"bootstrap.servers": self.bootstrap})
        producer.produce(inbound(self.tenant).name, value=value, headers=list(headers.items()))
        assert producer.flush(20) == 0

    def read(self, topic: str, count: int) -> list[dict[str, Any]]:
        """The first records of a topic, each opened with the organisation's own key."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.bootstrap,
                "group.id": uuid.uuid4().hex,
                "auto.offset.reset": "earliest",
            }
        )
        consumer.subscribe([topic])
        got: list[dict[str, Any]] = []
        try:
            while len(got) < count:
                message = consumer.poll(20)
                assert message is not None, f"{len(got)} of {count} came"
                assert message.error() is None
                opened = jwe.decrypt_compact(message.value(), self.key, algorithms=["ECDH-ES", "A256GCM"])
                got.append(json.loads(opened.plaintext or b""))
        finally:
            consumer.close()
        return got


@pytest.fixture
def inbound_key(tmp_path: Path) -> InboundKey:
    return InboundKey(tmp_path / "inbound-key")


@pytest.fixture
def platform(kafka: str, inbound_key: InboundKey) -> Iterator[Platform]:
    (published,) = inbound_key.published()["keys"]
    assert "d" not in published
    yield Platform(f"acme-{uuid.uuid4().hex[:8]}", kafka, ECKey.generate_key("P-256"), published)


@pytest.fixture
async def producer(kafka: str) -> AsyncIterator[Producer]:
    async with Producer(kafka, "intake") as opened:
        yield opened


@pytest.fixture
async def theirs(platform: Platform, kafka: str, database: Database) -> OrganisationKey:
    public = json.dumps(platform.key.as_dict(private=False)).encode()
    await Channels(database, kafka).register(platform.tenant, public)
    return (await Channels(database, kafka).all())[platform.tenant]


def outbound_of(intake: Intake, producer: Producer | Broker) -> Outbound:
    database = intake.database
    return Outbound(
        Marks(database), Feed(database), Delivery(intake.ledger, Views(database, intake.outbox)), producer
    )


class Reader:
    """Intake's side of one organisation's topic."""

    def __init__(self, intake: Intake, database: Database, loop: Inbound, platform: Platform) -> None:
        self._intake = intake
        self._platform = platform
        self.read = 0
        self._inbox = loop

    async def until(self, count: int) -> None:
        """Run the batch loop until this many records have been worked on."""

        async def work(records: Any) -> None:
            await self._inbox.work(records)
            self.read += len(records)

        topic = inbound(self._platform.tenant)
        loop = BatchLoop(
            self._platform.bootstrap,
            uuid.uuid4().hex,
            [topic],
            work,
            own=ReadMarks(self._intake.database, self._intake.outbox),
        )
        running = asyncio.create_task(loop.run())
        async with asyncio.timeout(60):
            while self.read < count:
                await asyncio.wait((running,), timeout=0.05)
                assert not running.done()
            while await Marks(self._intake.database).of(f"{topic.name}/0") < count:
                await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.wait((running,))


@pytest.fixture
def reader(
    tmp_path: Path,
    intake: Intake,
    database: Database,
    platform: Platform,
    theirs: OrganisationKey,
    inbound_key: InboundKey,
    producer: Producer,
) -> Reader:
    acceptance = Acceptance(load(), intake.ledger, intake.broker, intake.store, intake.admission, limits=no_limits)
    inbox = Inbound(
        platform.tenant,
        key=inbound_key,
        theirs=lambda: theirs,
        acceptance=acceptance,
        keys=IdempotencyKeys(database, DaySecrets(tmp_path / "days")),
        producer=producer,
    )
    return Reader(intake, database, inbox, platform)


async def test_what_a_platform_seals_is_accepted_once_and_its_result_is_sealed_to_it(
    intake: Intake,
    database: Database,
    platform: Platform,
    reader: Reader,
    theirs: OrganisationKey,
    producer: Producer,
) -> None:
    # Given hand-ins of two employees, one of which the platform sent twice
    platform.hand_in(platform.seal(raw(employee("one"))), "event-1")
    platform.hand_in(platform.seal(raw(employee("two"))), "event-2")
    platform.hand_in(platform.seal(raw(employee("one"))), "event-1")
    # When they are read and scored
    await reader.until(3)
    await intake.score()
    outbound = outbound_of(intake, producer)
    assert await outbound.publish(platform.tenant, theirs) == 2
    assert await outbound.publish(platform.tenant, theirs) == 0
    # Then the platform reads each result once, with its own names, and nobody else can
    got = platform.read(results(platform.tenant).name, 2)
    assert sorted(one["external_id"] for one in got) == ["staff-one", "staff-two"]
    assert {one["status"] for one in got} == {"scored"}
    assert deliverable(load().score(employee("one")["assessment"]).result()) in [one["result"] for one in got]


async def test_a_replay_below_the_stored_offset_makes_nobody_new(
    intake: Intake, database: Database, platform: Platform, reader: Reader
) -> None:
    # Given hand-ins without a name, each of which is a new person
    nameless = {"assessment": employee("x")["assessment"]}
    for number in range(3):
        platform.hand_in(platform.seal(raw(nameless)), f"event-{number}")
    await reader.until(3)
    people = len(intake.ledger.people)
    assert people == 3
    # When, days later, no id of them is known any more, a new member begins that has committed nothing, and one comes
    async with database.write() as connection:
        await connection.execute(delete(idempotency_keys))
    platform.hand_in(platform.seal(raw(nameless)), "event-3")
    await reader.until(4)
    # Then only that one makes somebody new
    assert len(intake.ledger.people) == people + 1
    assert len(intake.broker.of(SUBMITTED.name)) == 4


async def test_what_does_not_fit_is_answered_sealed_and_harms_no_neighbour(
    intake: Intake, platform: Platform, reader: Reader
) -> None:
    good = platform.seal(raw(employee("good")))
    platform.hand_in(good, "good-1")
    platform.hand_in(b"{" + CANARY.encode(), "clear")
    platform.hand_in(platform.seal(raw(employee("theirs")), iss="globex"), "foreign")
    platform.hand_in(platform.seal(raw(employee("bad") | {CANARY: 1})), "field")
    platform.hand_in(good, "type", ce_type="x")
    platform.hand_in(platform.seal(raw(employee("last"))), "good-2")
    await reader.until(6)
    assert len(intake.broker.of(SUBMITTED.name)) == 2
    told = {one["id"]: one for one in platform.read(inbound_errors(platform.tenant).name, 4)}
    assert set(told) == {"clear", "foreign", "field", "type"}
    assert told["field"]["problem"]["errors"][0]["pointer"] == f"/{CANARY}"
    assert told["field"]["record"]["offset"] == 3
    assert "globex" not in str(told)
    assert told["type"]["problem"]["type"].endswith("no-event")


async def test_what_nobody_foresaw_is_answered_in_a_record_of_bounded_size_and_the_partition_moves_on(
    intake: Intake, platform: Platform, reader: Reader
) -> None:
    # Given a forged curve, a hand-in of thousands of unknown members, one too long by HTTP, and a good one
    few, many = ({f"m{number}": 1 for number in range(count)} for count in (1_000, 4_000))
    platform.hand_in(platform.forge(raw(employee("forged")), "P-999"), "curve")
    platform.hand_in(platform.seal(raw(employee("few") | few)), "few")
    platform.hand_in(platform.seal(raw(employee("many") | many)), "many")
    platform.hand_in(platform.seal(raw(employee("long")) + b" " * BODY_BYTES), "long")
    platform.hand_in(platform.seal(raw(employee("good"))), "good")
    # When they are read
    await reader.until(5)
    # Then the good one is accepted, and each other one is answered in a few kilobytes
    assert len(intake.broker.of(SUBMITTED.name)) == 1
    told = {one["id"]: one["problem"] for one in platform.read(inbound_errors(platform.tenant).name, 4)}
    assert {name: one["status"] for name, one in told.items()} == {"curve": 422, "few": 422, "many": 422, "long": 413}
    assert len(told["few"]["errors"]) == MOST
    assert max(len(json.dumps(one)) for one in told.values()) < BODY_BYTES


async def test_an_organisation_whose_work_fails_ends_nobody_elses(
    intake: Intake,
    database: Database,
    platform: Platform,
    theirs: OrganisationKey,
    inbound_key: InboundKey,
    producer: Producer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    # Given two organisations, and a defect that only one of them meets
    other = Platform(f"globex-{uuid.uuid4().hex[:8]}", platform.bootstrap, platform.key, platform.published)
    channels = Channels(database, platform.bootstrap)
    await channels.register(other.tenant, json.dumps(other.key.as_dict(private=False)).encode())
    taken, failed = Inbound.work, asyncio.Event()

    async def work(self: Inbound, records: Any) -> None:
        if records[0].topic == inbound(platform.tenant).name:
            failed.set()
            raise LookupError("what nobody foresaw")
        await taken(self, records)

    monkeypatch.setattr(Inbound, "work", work)
    direct = Direct(
        bootstrap=platform.bootstrap,
        channels=channels,
        key=inbound_key,
        acceptance=Acceptance(load(), intake.ledger, intake.broker, intake.store, intake.admission, limits=no_limits),
        keys=IdempotencyKeys(database, DaySecrets(tmp_path / "days")),
        producer=producer,
        marks=ReadMarks(database, intake.outbox),
        outbound=outbound_of(intake, producer),
    )
    platform.hand_in(platform.seal(raw(employee("one"))), "one")
    # When both are read
    running = asyncio.create_task(direct.run())
    async with asyncio.timeout(60):
        await failed.wait()
        other.hand_in(other.seal(raw(employee("two"))), "two")
        while not intake.broker.of(SUBMITTED.name):
            await asyncio.sleep(0.05)
    # Then the other one's is accepted, and the loops go on
    assert not running.done()
    running.cancel()
    await asyncio.wait((running,))


async def test_what_is_published_again_because_the_broker_was_away_leaves_one_entry(intake: Intake) -> None:
    # Given two results, and a broker that is away when they are to be published
    key = OrganisationKey(json.dumps(ECKey.generate_key("P-256").as_dict(private=False)))
    await staff(intake, "one", "two")
    outbound = outbound_of(intake, intake.broker)
    intake.broker.away = True
    for _ in range(3):
        with pytest.raises(BrokerUnavailable):
            await outbound.publish("acme", key)
    # When it is back
    intake.broker.away = False
    assert await outbound.publish("acme", key) == 2
    # Then each was sent once, with one entry
    assert len(intake.broker.of("results.acme")) == 2
    assert [one["type"] for one in await intake.entries()] == ["delivered"] * 2
