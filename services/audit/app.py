"""The audit service at a glance.

Listens to  assessments.submitted · assessments.scored · assessments.refused · audit.entries · dead.* (the log)
            assessments.scored (statistics)
            keys.revoked (its fence) · privacy.requests (orders)
Emits       audit.entries (what auditors do, through an outbox) · dead.audit · keys.acknowledged · privacy.answers
Serves      each log as static files, its entries and the officers' console on SERVICE_PORT
            what the operator does with officers and dead letters on ADMIN_SOCKET
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from datetime import timedelta
from itertools import chain, starmap
from pathlib import Path
from typing import TypeVar

import aiohttp
import faust
from aiohttp import web

from infra.clock import now, written
from infra.crypto.safe import Safe
from infra.db.engine import Database
from infra.db.migrate import migrate
from infra.db.trouble import patiently
from infra.http.deprecation import after_sunset, tell_deprecation
from infra.http.problems import problem_details
from infra.http.server import Listener, health_routes, run
from infra.kafka.batch_loop import BatchLoop
from infra.kafka.entry_outbox import EntryOutbox
from infra.kafka.lifecycle import Loop, faust_app, running
from infra.kafka.presence import topics_present
from infra.kafka.producer import Producer
from infra.keys.client import KeyClient
from infra.keys.disclosure import Disclosure
from infra.keys.revocations import Revocations
from infra.pages.site import Site
from schemas.topics import PRIVACY_REQUESTS, RETENTION_HOURS, SCORED, TOPICS
from services.audit.act_openings import ActOpenings
from services.audit.acts import SOURCE, Acts
from services.audit.acts_api import ActsApi
from services.audit.announcements import Announcements
from services.audit.auditors import Auditors
from services.audit.completeness.checks import Checks
from services.audit.contract import INTERFACE
from services.audit.entries_api import EntriesApi
from services.audit.evidence.packs import Packs
from services.audit.evidence.packs_api import PacksApi
from services.audit.health import HealthCheck
from services.audit.health_watch import HealthWatch
from services.audit.incidents import Incidents
from services.audit.incidents_api import IncidentsApi
from services.audit.numbered_entries_api import NumberedEntriesApi
from services.audit.officers.admin import Admin
from services.audit.officers.register import Officers
from services.audit.officers.tokens import Tokens
from services.audit.opened_logs import opened_logs
from services.audit.openings import Openings
from services.audit.operations.admin import DeadLettersAdmin
from services.audit.operations.dead_letters import DeadLetters
from services.audit.operations.incident_watch import IncidentWatch
from services.audit.operations.monitor import Monitor
from services.audit.operations.replays import Replays
from services.audit.pages.console import Console
from services.audit.privacy.erasure import Erasure
from services.audit.privacy.holdings import Holdings
from services.audit.privacy.orders import Orders
from services.audit.privacy.privacy_orders import PrivacyOrders
from services.audit.privacy.reviews import Reviews
from services.audit.privacy.reviews_api import ReviewsApi
from services.audit.reading.loop import ReadingLoop
from services.audit.settings import Settings, read_settings
from services.audit.statistics.day_counts import DayCounts
from services.audit.statistics.drift_api import DriftApi
from services.audit.statistics.drift_watch import DriftWatch
from services.audit.statistics.fairness_api import FairnessApi
from services.audit.statistics.tallying import Tallying
from services.audit.store import Store
from services.audit.tables import marks
from services.audit.tlog.appender import Appender
from services.audit.tlog.log_files import LogFiles
from services.audit.tlog.published_head import PublishedHead
from services.audit.trails_api import TrailsApi
from services.audit.witness.changes import WitnessChanges
from services.audit.witness.gathering import Gathering

SERVICE = "audit"
PARTS = (
    LogFiles,
    EntriesApi,
    TrailsApi,
    ActsApi,
    NumberedEntriesApi,
    IncidentsApi,
    DriftApi,
    FairnessApi,
    ReviewsApi,
    PacksApi,
)
_HOUSEKEEPING_SECONDS = 600.0
_TELLING_SECONDS = 5.0
Given = TypeVar("Given")
Done = TypeVar("Done")
IDS_KEPT_DAYS = 3 * RETENTION_HOURS // 24 + 1
"""A record may lie a retention long before its consumer sets it aside, as long again before that is replayed, and
once more before audit reads the replay, which brings the id that the first one brought."""
_SECONDS_A_DAY = 86_400


def main() -> None:
    """`careerpulse run audit`."""
    settings = read_settings()
    run(SERVICE, lambda: patiently(lambda: build(settings)), after=lambda: topics_present(settings.bootstrap, TOPICS))


async def build(settings: Settings) -> list[Listener]:
    """The listeners. The locks of the database and of each log are held from here to the end."""
    async with AsyncExitStack() as opening:
        database = await opening.enter_async_context(Database(settings.database_url, SERVICE))
        await migrate(database, Path(__file__).with_name("migrations"))
        found = await opened_logs(settings, database, opening.enter_context(ExitStack()))
        logs = found.logs
        session = await opening.enter_async_context(aiohttp.ClientSession())
        keys = await opening.enter_async_context(KeyClient(settings.keys_socket, settings.token))
        producer = await opening.enter_async_context(Producer(settings.bootstrap, SERVICE, settings.tags))
        outbox = await EntryOutbox(database, SOURCE, marks).open(settings.bootstrap)
        acts = Acts(database, outbox, settings.acts_secret())
        changes = WitnessChanges(database, acts, policy := settings.policy())
        gatherings = [Gathering(log, policy, session, changes.answered) for log in logs]
        for gathering in gatherings:
            await gathering.begin()
        await changes.configured()
        await Announcements(database, acts).make([log.state for log in logs], settings.effective, logs.taking)
        opened = opening.pop_all()
    officers, tokens = _officers(settings, database, acts)
    store, auditors = Store(database), Auditors(settings.auditor_token, tokens)
    openings, act_openings = Openings(store, keys, acts), ActOpenings(keys, acts)
    packs = Packs(
        logs=logs,
        acts=acts,
        openings=openings,
        act_openings=act_openings,
        store=store,
        signers=found.signers,
        policy=policy,
    )
    counts, incidents = DayCounts(database, keys, acts), Incidents(logs, acts)
    watch = DriftWatch(database, counts, acts)
    tallying = Tallying(counts, keys, logs, store)
    tally = BatchLoop(settings.bootstrap, f"{SERVICE}-statistics", (SCORED,), tallying.work, own=counts)
    reading = ReadingLoop(settings.bootstrap, logs, store, producer, tags=settings.tags)
    erasure = Erasure(store, logs[0], producer, keys)
    reviews = Reviews(database=database, keys=keys, producer=producer, acts=acts, openings=openings, logs=logs)
    orders = PrivacyOrders(
        erasure, Disclosure(SERVICE, keys, producer, Holdings(store, reading).of), reviews, settings.tags
    )
    revocations = Revocations(
        settings.bootstrap,
        SERVICE,
        keys,
        producer,
        settings.tags,
        start=await store.revocations_mark(),
        stored=lambda narrowed: patiently(lambda: erasure.revoked(narrowed)),
    )

    async def opened_parts(_: web.Application) -> AsyncIterator[None]:
        async with opened:
            yield

    def missing() -> str | None:
        if not revocations.ready.is_set():
            return "the revocations have not been read to their end"
        return reading.missing() or database.trouble

    public = web.Application(middlewares=[problem_details, after_sunset()])
    public.on_response_prepare.append(tell_deprecation)
    parts = (
        LogFiles(logs, auditors),
        EntriesApi(logs[0], auditors, acts),
        TrailsApi(logs[0], auditors, openings),
        ActsApi(logs[0], auditors, act_openings),
        NumberedEntriesApi(logs, auditors, acts, openings),
        ReviewsApi(auditors, reviews),
        IncidentsApi(auditors, incidents),
        DriftApi(auditors, counts, acts),
        FairnessApi(auditors, counts, acts),
        PacksApi(auditors, packs),
    )
    health = HealthCheck(logs, gatherings, policy, reading)
    monitor, letters = Monitor(settings.bootstrap, logs), DeadLetters(settings.bootstrap)
    replays = Replays(database, acts, letters, producer)
    checks = Checks(settings.places, settings.bootstrap)
    console = Console(_site(settings), officers)
    console.join(
        public,
        logs=logs,
        store=store,
        acts=acts,
        openings=openings,
        act_openings=act_openings,
        reviews=reviews,
        health=health,
        packs=packs,
        checks=checks,
        keys=keys,
        incidents=incidents,
        counts=counts,
        monitor=monitor,
        letters=letters,
        replays=replays,
        broker=settings.broker,
    )
    listed = chain.from_iterable(part.table() for part in parts)
    public.add_routes(INTERFACE.served([*health_routes(missing), *listed]))
    public.cleanup_ctx.append(opened_parts)
    public.cleanup_ctx.append(
        running(
            _streams(
                settings,
                orders,
                producer=producer,
                reviews=reviews,
                replays=replays,
                store=store,
                outbox=outbox,
                officers=officers,
            ),
            Loop("revocations", revocations.run),
            Loop("log", lambda: _after(revocations.ready, reading.run)),
            Loop("statistics", lambda: patiently(lambda: _after(revocations.ready, tally.run))),
            Loop("completeness", checks.run),
            Loop("monitor", monitor.run),
            Loop("health", HealthWatch(health).run),
            Loop("drift", lambda: patiently(watch.run)),
            Loop("incidents", lambda: patiently(IncidentWatch(incidents).run)),
            *chain.from_iterable(starmap(_published, zip(logs, found.heads, gatherings, strict=True))),
            Loop("outbox", lambda: patiently(lambda: outbox.run(producer))),
        )
    )
    admin = Admin(officers, tokens).application(DeadLettersAdmin(letters, replays).routes())
    return [Listener(public, settings.host, settings.port), Listener(admin, socket=settings.admin_socket)]


def _published(log: Appender, head: PublishedHead, gathering: Gathering) -> tuple[Loop, Loop]:
    """What follows each checkpoint of one log."""
    return (
        Loop("head", lambda: patiently(lambda: head.follow(log))),
        Loop("witnesses", lambda: patiently(gathering.run)),
    )


async def _after(fence: asyncio.Event, main: Callable[[], Awaitable[None]]) -> None:
    await fence.wait()
    await main()


def _patient(work: Callable[[Given], Awaitable[Done]]) -> Callable[[Given], Awaitable[Done]]:
    """The same work, which waits as long as the database takes nothing."""

    async def patient(given: Given) -> Done:
        return await patiently(lambda: work(given))

    return patient


def _officers(settings: Settings, database: Database, acts: Acts) -> tuple[Officers, Tokens]:
    secret = settings.acts_secret()
    register = Officers(database, acts, Safe(settings.secrets_dir / "officers-key"), secret)
    return register, Tokens(database, acts, register, secret)


def _site(settings: Settings) -> Site:
    place = Path(__file__).with_name("pages")
    told = {"addresses": settings.addresses}
    return Site(SERVICE, settings.public_url, settings.pages_secret(), [place], told, proxies=settings.proxies)


def _streams(
    settings: Settings,
    orders: PrivacyOrders,
    *,
    producer: Producer,
    reviews: Reviews,
    replays: Replays,
    store: Store,
    outbox: EntryOutbox,
    officers: Officers,
) -> faust.App:
    app = faust_app(SERVICE, settings.bootstrap, settings.data_dir)

    @app.agent(app.topic(PRIVACY_REQUESTS.name, key_type=bytes, value_type=bytes))  # type: ignore[untyped-decorator]
    async def privacy_orders(stream: "faust.Stream[bytes]") -> None:
        begin, finish = _patient(orders.begin), _patient(orders.finish)
        await Orders(begin, finish, producer.send, app.crash).read(stream.noack().events(), stream.ack)

    @app.timer(interval=_TELLING_SECONDS)  # type: ignore[untyped-decorator]
    async def tell_decisions() -> None:
        await patiently(reviews.tell)
        await patiently(replays.send_due)

    @app.timer(interval=_HOUSEKEEPING_SECONDS)  # type: ignore[untyped-decorator]
    async def keep_house() -> None:
        await store.still_ours()
        await patiently(officers.tell_refusals)
        sent, seen = written(now() - timedelta(hours=RETENTION_HOURS)), int(now().timestamp()) // _SECONDS_A_DAY
        await patiently(lambda: outbox.forget(before=sent))
        await patiently(lambda: store.forget_ids(before=seen - IDS_KEPT_DAYS))

    return app
