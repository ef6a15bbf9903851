"""Intake's store on a real database."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

import services.intake
from infra.clock import now
from infra.crypto.safe import Safe
from infra.db.engine import Database
from infra.db.migrate import migrate
from infra.http.body import BODY_BYTES
from infra.http.claim_attempts import ClaimAttempts
from infra.http.decoding import UNDECODED, decode
from infra.http.outside import Outside
from infra.http.problems import problem_details
from infra.kafka.entry_outbox import EntryOutbox
from infra.pages.site import Site
from services.intake.advice.guidance import Guidance
from services.intake.advice.letters import Letters
from services.intake.advice.record import Records
from services.intake.advice.rescoring import Rescoring
from services.intake.advice.series import Series
from services.intake.assessments.store import Store
from services.intake.boundaries.routes import BoundariesApi
from services.intake.boundaries.store import Boundaries
from services.intake.handing_in.acceptance import Acceptance
from services.intake.handing_in.admission import Admission
from services.intake.handing_in.csv_imports import CsvImports
from services.intake.handing_in.day_secrets import DaySecrets
from services.intake.handing_in.dry_run import DryRun
from services.intake.handing_in.hand_ins_api import HandIns
from services.intake.handing_in.idempotency import IdempotencyKeys
from services.intake.handing_in.imports import Imports
from services.intake.invitations.inviting import Inviting
from services.intake.invitations.partner import Partner
from services.intake.invitations.routes import Invitations
from services.intake.invitations.store import InvitationStore
from services.intake.organisations.access_tokens import AccessTokens
from services.intake.organisations.callers import Callers
from services.intake.organisations.employees import Employees
from services.intake.organisations.partner_keys import PartnerKeys
from services.intake.organisations.register import Organisations
from services.intake.organisations.tokens_api import TokensApi
from services.intake.organisations.tried_codes import TriedCodes
from services.intake.pages.filling import Desk
from services.intake.pages.invited import Invited
from services.intake.pages.site import PLACE, SHOWN_AS
from services.intake.results.assessment_api import AssessmentApi
from services.intake.results.delivery import Delivery
from services.intake.results.events import Events
from services.intake.results.feed import Feed
from services.intake.results.listed import Results
from services.intake.results.loop import Arrivals, ResultsLoop
from services.intake.results.notices import Notices
from services.intake.results.notices_api import NoticesApi
from services.intake.results.reading import Reading
from services.intake.results.told_figures import ToldFigures
from services.intake.results.views import SOURCE, Views
from services.intake.results.workforce_api import Workforce
from services.intake.tables import marks
from services.intake.webhooks.routes import Webhooks
from services.intake.webhooks.sender import Sender
from services.intake.webhooks.store import WebhookStore
from services.methodology.version import load
from tests.integration.intake.door import Intake
from tests.integration.intake.hooks import Clock, Receiver
from tests.twins.broker import Broker
from tests.twins.ledger import Ledger

ISSUER = "https://intake.example"
RECEIPTS = "http://consent.example/v1/consent-receipts"
PAGES = "http://intake.example"
"""The address of the pages, without TLS, so that a client on the loopback keeps their cookies."""


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url, "intake") as opened:
        await migrate(opened, Path(services.intake.__file__).with_name("migrations"))
        yield opened


@pytest.fixture
async def intake(database: Database, tmp_path: Path) -> AsyncIterator[Intake]:
    async with opened(database, tmp_path) as intake:
        yield intake


@asynccontextmanager
async def opened(
    database: Database,
    secrets: Path,
    ledger: Ledger | None = None,
    broker: Broker | None = None,
    *,
    proxies: int = 0,
    attempts: ClaimAttempts | None = None,
) -> AsyncIterator[Intake]:
    """The service as it starts on this database, with the newest version of the methodology."""
    ledger, broker, version = ledger or Ledger(), broker or Broker(), load()
    store, arrivals, admission = Store(database), Arrivals(), Admission(None)
    tokens = AccessTokens(secrets / "key", ISSUER)
    organisations = Organisations(database)
    callers = Callers(tokens, ledger, refusal=organisations.refusal)
    outbox = EntryOutbox(database, SOURCE, marks)
    await outbox.open()
    views = Views(database, outbox)
    reading = Reading(store, ledger, callers, views)
    boundaries = Boundaries(database, outbox)
    acceptance = Acceptance(version, ledger, broker, store, admission, limits=boundaries.limits)
    keys = IdempotencyKeys(database, DaySecrets(secrets / "days"))
    routes = (
        TokensApi(callers, organisations, tokens),
        HandIns(
            callers=callers,
            keys=keys,
            acceptance=acceptance,
            reading=reading,
            arrivals=arrivals,
            receipts=RECEIPTS,
        ),
        AssessmentApi(callers, reading),
        BoundariesApi(callers, boundaries),
    )
    tried = TriedCodes(ledger, proxies, attempts)
    around = [problem_details, decode, tried.limit]
    app = web.Application(middlewares=around, client_max_size=BODY_BYTES, handler_args=UNDECODED)
    own = (
        Series(version, callers, reading),
        Rescoring(version, callers, reading, acceptance),
        Guidance(callers, reading),
        Records(callers, reading),
        Letters(callers, reading),
    )
    feed, delivery = Feed(database), Delivery(ledger, views)
    events = Events(callers, feed, delivery, arrivals)
    app.on_shutdown.append(events.close)
    outside, safe = Outside([ip_network("127.0.0.0/8")]), Safe(secrets / "webhook-key")
    invited = InvitationStore(database)
    webhooks = Webhooks(
        callers, ledger, WebhookStore(database), idempotency_keys=keys, feed=feed, outside=outside, safe=safe
    )
    inviting = Inviting(store=invited, organisations=organisations, keys=keys, outside=outside, safe=safe)
    partner = Partner(
        callers=callers,
        keys=PartnerKeys(database),
        inviting=inviting,
        store=invited,
        assessments=store,
        delivery=delivery,
        issuer=ISSUER,
    )
    site = Site(
        "intake",
        PAGES,
        bytes(32),
        [PLACE],
        {"addresses": {"consent": "", "intake": "", "audit": ""}, **SHOWN_AS},
    )
    site.join(app)
    app.add_routes(
        Invited(Desk(site, version, acceptance, reading, arrivals), inviting, boundaries, patience=0.01).table()
    )
    channels = (
        Results(callers, feed, delivery),
        events,
        webhooks,
        Invitations(callers, inviting, invited, store, ISSUER),
        partner,
        Workforce(callers, feed, delivery, ToldFigures(database, ledger), lambda: now() + timedelta(days=40)),
    )
    notices = NoticesApi(callers, Notices(database, broker, arrivals.wake))
    taking = (Imports(callers, keys, acceptance, RECEIPTS), CsvImports(callers, keys, acceptance))
    others = (Employees(callers, ledger, ""), *taking, notices, DryRun(version, callers))
    for part in (*routes, *own, *channels, *others):
        app.add_routes(part.table())
    async with TestClient(TestServer(app)) as client:
        results = ResultsLoop(store, broker, arrivals, admission)
        yield Intake(
            client, ledger, broker, results, admission, tokens, store, database, outbox, organisations, arrivals
        )


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    one, app = Receiver(), web.Application()
    app.router.add_route("*", "/{any:.*}", one.receive)
    async with TestServer(app) as server:
        one.url = str(server.make_url("/hooks"))
        yield one


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notices(intake: Intake, database: Database) -> Notices:
    return Notices(database, intake.broker, lambda _: None)


@pytest.fixture
async def sender(
    intake: Intake, database: Database, notices: Notices, clock: Clock, tmp_path: Path
) -> AsyncIterator[Sender]:
    async with Outside([ip_network("127.0.0.0/8")], seconds=60) as outside:
        yield Sender(
            store=WebhookStore(database),
            feed=Feed(database),
            delivery=Delivery(intake.ledger, Views(intake.database, intake.outbox)),
            notices=notices,
            outside=outside,
            safe=Safe(tmp_path / "webhook-key"),
            closed=lambda: intake.organisations.closed,
            clock=clock,
            chance=random.Random(1).random,
        )
