"""The consent service at a glance.

Listens to  keys.acknowledged (key clients that have let go; stores that have deleted)
            privacy.answers (parts of reports, corrections, reviews, acknowledged notices)
Emits       keys.revoked · privacy.requests · privacy.notices · audit.entries (each through an outbox) · dead.consent
Serves      the public interface and the privacy pages on SERVICE_PORT, the key API on KEYS_SOCKET,
            the operator on ADMIN_SOCKET
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

import faust
import msgspec
import structlog
from aiohttp import web
from aiokafka import ConsumerRecord
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.clock import now, written
from infra.crypto.root_key import secret_made_once
from infra.crypto.root_keys.chosen import open_root_key
from infra.db.configuration import Configuration
from infra.db.engine import Database
from infra.http.by_address import ByAddress
from infra.http.server import Listener, run
from infra.kafka.dead_letter import Poisoned, dead_letter, demand_genuine
from infra.kafka.lifecycle import Loop, faust_app, running
from infra.kafka.presence import topics_present
from infra.kafka.producer import Producer
from infra.kafka.record_tag import RecordTags, record_tags
from infra.kafka.retention import kept_at_most
from schemas.events import Acknowledged, Acknowledgement
from schemas.topics import DEAD_CONSENT, KEYS_ACKNOWLEDGED, PRIVACY_ANSWERS, RETENTION_HOURS, TOPICS
from services.consent import admin
from services.consent.claims import Claims
from services.consent.consents.api import RecordsApi
from services.consent.consents.records import ConsentRecords
from services.consent.controllers.controller import Party
from services.consent.controllers.employee_desk import EmployeeDesk
from services.consent.controllers.employees_api import EmployeesApi
from services.consent.erasure.fence import stand
from services.consent.erasure.front_door import FrontDoor
from services.consent.erasure.receipt import as_pem
from services.consent.erasure.self_tests import SelfTests
from services.consent.erasure.steps import STORES
from services.consent.keys.api import KeyApi
from services.consent.keys.callers import doorkeeper
from services.consent.pages.site import PrivacyPages, secret
from services.consent.paperwork.outside import outside
from services.consent.paperwork.state import PrivacyStates
from services.consent.privacy_admin import PrivacyAdmin
from services.consent.privacy_notices.api import PrivacyNoticesApi
from services.consent.privacy_notices.texts import NoticeTexts
from services.consent.public_api import PublicApi
from services.consent.publishing import Publisher
from services.consent.retention.holds_api import HoldsApi
from services.consent.rights.answers import take_answer
from services.consent.rights.api import PrivacyApi
from services.consent.rights.deadline_watch import DeadlineWatch
from services.consent.settings import Settings, from_environment
from services.consent.stores import Stores, open_stores
from services.consent.tables import configurations
from services.consent.worker import Worker

SERVICE = "consent"
PARTS = (PublicApi, PrivacyApi, RecordsApi, PrivacyNoticesApi, EmployeesApi, HoldsApi)
_HOUSEKEEPING_SECONDS = 600.0
_SWEEP_SECONDS = 60.0
_REPEATED = timedelta(hours=RETENTION_HOURS, days=1)
"""So long after it came a hand-in may be repeated; until then one of the erased is answered that they are gone."""
_SELF_TEST_SECONDS = 60.0
log = structlog.get_logger(__name__)
Taken = Callable[[ConsumerRecord], Awaitable[bool]]
"""Takes one record; says whether there may be steps to take now. Raises Poisoned for one that cannot be read."""


def main() -> None:
    """`careerpulse run consent`."""
    settings = from_environment()
    run(SERVICE, lambda: build(settings), after=lambda: topics_present(settings.bootstrap, TOPICS))


async def build(settings: Settings) -> list[Listener]:
    """The listeners. Nobody is served before the restore fence stands."""
    root = open_root_key(settings.root_key, settings.secrets_dir)
    receipt_key = Ed25519PrivateKey.from_private_bytes(
        secret_made_once(settings.secrets_dir / "receipt-key", os.urandom(32))
    )
    callers, tags = doorkeeper(settings.secrets_dir), record_tags(settings.secrets_dir)
    async with AsyncExitStack() as opening:
        database = await opening.enter_async_context(Database(settings.database_url, SERVICE))
        producer = await opening.enter_async_context(Producer(settings.bootstrap, SERVICE, tags))
        stores = await open_stores(
            database,
            root,
            receipt_key,
            settings.erasure_window_seconds,
            settings.backup_window_days,
            methodology=f"{settings.intake_url}/v1/methodology",
            journal=settings.secrets_dir / "erased",
            rotation_days=settings.rotation_days,
            kafka_kept=await kept_at_most(settings.bootstrap, [one for one in TOPICS if one.retention_hours]),
        )
        await stand(database, stores.outboxes, stores.erased, settings.bootstrap, producer=producer, tags=tags)
        await Configuration(database, configurations, stores.outboxes.set_anew).tell(settings.effective)
        await stores.key_clients.open()  # what they have acknowledged may be void by now
        opened = opening.pop_all()
    worker = Worker(stores, Publisher(producer))

    async def opened_parts(_: web.Application) -> AsyncIterator[None]:
        async with opened:
            yield

    def missing() -> str | None:
        return "the broker" if worker.broker_missing else None

    claims = Claims(stores.keystore, settings.proxies)
    operator = Party(settings.operator, settings.operator_contact)
    records = ConsentRecords(database, operator, settings.public_url)
    states = PrivacyStates(
        stores,
        operator,
        settings.erasure_window_seconds,
        outside(settings.root_key, settings.bootstrap, settings.database_url),
    )
    privacy = PrivacyAdmin(stores, states, worker.wake)
    texts = NoticeTexts(database, stores.tenants, operator)
    interval = timedelta(hours=settings.self_test_hours)
    door = FrontDoor(settings.intake_inside_url)
    self_tests = SelfTests(stores, door, receipt_key.public_key(), worker.wake, interval=interval)
    parts = (
        RecordsApi(records, claims, receipt_key),
        PrivacyNoticesApi(texts),
        EmployeesApi(stores.employees, stores.instructions, claims),
        HoldsApi(stores.holds, claims),
    )
    public = PublicApi(
        stores,
        as_pem(receipt_key.public_key()),
        worker.wake,
        missing,
        claims,
        by_address=ByAddress(settings.proxies),
        parts=parts,
    ).application()
    PrivacyPages(
        settings,
        stores,
        worker.wake,
        claims=claims,
        records=records,
        texts=texts,
        receipt_key=receipt_key,
        secret=secret(settings.secrets_dir),
    ).join(public)
    public.cleanup_ctx.append(opened_parts)
    public.cleanup_ctx.append(
        running(
            _streams(settings, stores, worker, producer=producer, self_tests=self_tests, tags=tags),
            Loop("consent-worker", worker.run),
            Loop("consent-key-clients", stores.key_clients.keep_on),
        )
    )
    desk = EmployeeDesk(stores.employees, stores.instructions, stores.transfers, worker.wake)
    keys = KeyApi(stores, callers, desk).application()
    return [
        Listener(public, settings.host, settings.port),
        Listener(keys, socket=settings.keys_socket),
        Listener(
            admin.application(
                stores.rotation, stores.register, worker.wake, [*privacy.routes(), *self_tests.routes()]
            ),
            socket=settings.admin_socket,
        ),
    ]


def _streams(
    settings: Settings, stores: Stores, worker: Worker, *, producer: Producer, self_tests: SelfTests, tags: RecordTags
) -> faust.App:
    app = faust_app(SERVICE, settings.bootstrap, settings.data_dir)

    @app.agent(app.topic(KEYS_ACKNOWLEDGED.name, value_type=bytes))  # type: ignore[untyped-decorator]
    async def acknowledgements(stream: "faust.Stream[bytes]") -> None:
        await listen(stream, lambda message: hear(stores, message.value), worker.wake_erasures)

    @app.agent(app.topic(PRIVACY_ANSWERS.name, key_type=bytes, value_type=bytes))  # type: ignore[untyped-decorator]
    async def answers(stream: "faust.Stream[bytes]") -> None:
        await listen(stream, lambda message: take_answer(stores, message.key, message.value), worker.wake)

    async def listen(stream: "faust.Stream[bytes]", take: Taken, wake: Callable[[], None]) -> None:
        await _each(app, stream, partial(_taken_or_buried, tags, take, producer), wake)

    @app.timer(interval=_HOUSEKEEPING_SECONDS)  # type: ignore[untyped-decorator]
    async def keep_house() -> None:
        await stores.database.still_ours()
        await stores.key_clients.forget_the_silent()
        await stores.employees.forget_expired()
        await stores.disclosures.forget()
        await stores.register.forget_unproved()
        await stores.expiry.forget(before=written(now() - timedelta(days=settings.backup_window_days)))
        await stores.keystore.forget_gone(before=written(now() - _REPEATED))
        await stores.outboxes.forget(before=written(now() - timedelta(hours=RETENTION_HOURS)))

    @app.timer(interval=_SELF_TEST_SECONDS)  # type: ignore[untyped-decorator]
    async def test_ourselves() -> None:
        await self_tests.once_when_due()

    deadlines = DeadlineWatch(stores.database)

    @app.timer(interval=_SWEEP_SECONDS)  # type: ignore[untyped-decorator]
    async def sweep() -> None:
        if await stores.sweep.once():
            worker.wake()
        await deadlines.look()

    return app


async def _each(
    app: faust.App,
    stream: "faust.Stream[bytes]",
    take: Callable[["faust.Event[bytes]"], Awaitable[bool]],
    wake: Callable[[], None],
) -> None:
    async for event in stream.noack().events():
        try:
            told = await take(event)
        except Exception as error:
            # Unacknowledged: the process ends, and the next one reads this record again.
            await app.crash(error)
            raise
        await stream.ack(event)
        if told:
            wake()


async def _taken_or_buried(tags: RecordTags, take: Taken, producer: Producer, event: "faust.Event[bytes]") -> bool:
    try:
        demand_genuine(tags, event.message)
        return await take(event.message)
    except Poisoned as poisoned:
        log.error("dead-lettered", reason=str(poisoned), offset=event.message.offset)
        await producer.send([dead_letter(DEAD_CONSENT, SERVICE, event.message, poisoned)])
        return False


async def hear(stores: Stores, value: bytes) -> bool:
    """Take one record of `keys.acknowledged`. See Taken."""
    try:
        heard: Acknowledgement = msgspec.msgpack.decode(value, type=Acknowledgement)
    except msgspec.DecodeError as error:
        raise Poisoned(f"no acknowledgement: {error}") from error
    if isinstance(heard, Acknowledged):
        return stores.key_clients.acknowledge(heard)
    if heard.service not in STORES:
        raise Poisoned("a report of a service that is no store", "forged")
    await stores.requests.take_report(heard)
    return True
