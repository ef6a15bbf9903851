"""The intake service at a glance.

Listens to  assessments.submitted · assessments.scored · assessments.refused · dead.scoring (its store)
            keys.revoked (its cache and its fence) · privacy.requests (orders) · privacy.notices
Emits       assessments.submitted · audit.entries (views and signals, through an outbox) · dead.intake ·
            keys.acknowledged · privacy.answers
Serves      the public interface on SERVICE_PORT, the operator on ADMIN_SOCKET
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import chain
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Middleware

from infra.db.configuration import Configuration
from infra.db.engine import Database
from infra.db.migrate import migrate
from infra.http.body import BODY_BYTES
from infra.http.by_address import ByAddress
from infra.http.decoding import UNDECODED, decode
from infra.http.deprecation import after_sunset, tell_deprecation
from infra.http.outside import Outside
from infra.http.problems import problem_details
from infra.http.quota import tell_quota
from infra.http.server import Listener, health_routes, run
from infra.kafka.batch_loop import BatchLoop
from infra.kafka.entry_outbox import EntryOutbox
from infra.kafka.lifecycle import Loop, running
from infra.kafka.presence import topics_present
from infra.kafka.producer import Producer
from infra.kafka.record_tag import record_tags
from infra.keys.client import KeyClient
from infra.keys.disclosure import Disclosure
from infra.keys.revocations import Revocations
from schemas.consent import RECEIPTS
from schemas.topics import TOPICS
from services.intake.admin import Admin
from services.intake.advice.guidance import Guidance
from services.intake.advice.income_review import IncomeReview
from services.intake.advice.letters import Letters
from services.intake.advice.record import Records
from services.intake.advice.rescoring import Rescoring
from services.intake.advice.series import Series
from services.intake.agents import agents
from services.intake.assessments.fence import Fence
from services.intake.assessments.read_marks import ReadMarks
from services.intake.assessments.store import Store
from services.intake.boundaries.routes import BoundariesApi
from services.intake.boundaries.store import Boundaries
from services.intake.configured import configured
from services.intake.contract import INTERFACE
from services.intake.events_contract import EventsContract
from services.intake.handing_in.acceptance import Acceptance
from services.intake.handing_in.admission import Admission
from services.intake.handing_in.csv_imports import CsvImports
from services.intake.handing_in.day_secrets import DaySecrets
from services.intake.handing_in.draft_store import DraftStore
from services.intake.handing_in.drafts import Drafts
from services.intake.handing_in.dry_run import DryRun
from services.intake.handing_in.hand_ins_api import HandIns
from services.intake.handing_in.idempotency import IdempotencyKeys
from services.intake.handing_in.imports import Imports
from services.intake.housekeeping import Housekeeping
from services.intake.lookups import Lookups
from services.intake.market_signals import MarketSignals
from services.intake.organisations.access_tokens import AccessTokens
from services.intake.organisations.callers import Callers
from services.intake.organisations.employees import Employees
from services.intake.organisations.outside_tokens import TrustedTokens, read_issuers
from services.intake.organisations.partner_keys import PartnerKeys
from services.intake.organisations.register import Organisations
from services.intake.organisations.tokens_api import TokensApi
from services.intake.organisations.tried_codes import TriedCodes
from services.intake.pages.filling import Desk
from services.intake.pages.methodology import making
from services.intake.pages.site import pages, site
from services.intake.privacy.erasure import Erasure
from services.intake.privacy.holdings import Holdings
from services.intake.privacy.orders import Orders
from services.intake.results.assessment_api import AssessmentApi
from services.intake.results.loop import READ, Arrivals, ResultsLoop
from services.intake.results.notices import Notices
from services.intake.results.notices_api import NoticesApi
from services.intake.results.outlets import CHANNELS, Part, outlets
from services.intake.results.reading import Reading
from services.intake.results.views import SOURCE, Views
from services.intake.settings import Settings, read_settings
from services.intake.tables import configurations, marks
from services.methodology.search import index
from services.methodology.version import Version, load

SERVICE = "intake"
PARTS = (
    TokensApi,
    HandIns,
    AssessmentApi,
    Rescoring,
    Guidance,
    Records,
    Series,
    Letters,
    *CHANNELS,
    Imports,
    CsvImports,
    Employees,
    NoticesApi,
    BoundariesApi,
    Lookups,
    DryRun,
    IncomeReview,
    EventsContract,
)
_ISSUER_SECONDS = 5.0
"""So long a request waits for the keys of an issuer outside."""


def main() -> None:
    """`careerpulse run intake`."""
    settings = read_settings()
    run(SERVICE, lambda: build(settings), after=lambda: topics_present(settings.bootstrap, TOPICS))


async def build(settings: Settings) -> list[Listener]:
    """The listeners."""
    tags = record_tags(settings.secrets_dir)
    async with AsyncExitStack() as opening:
        database = await opening.enter_async_context(Database(settings.database_url, SERVICE))
        await migrate(database, Path(__file__).with_name("migrations"))
        keys = await opening.enter_async_context(KeyClient(settings.keys_socket, settings.token))
        producer = await opening.enter_async_context(Producer(settings.bootstrap, SERVICE, tags))
        outside = await opening.enter_async_context(Outside(settings.webhook_networks))
        issuers = await opening.enter_async_context(Outside(settings.issuer_networks, _ISSUER_SECONDS))
        outbox = await EntryOutbox(database, SOURCE, marks).open(settings.bootstrap)
        await Configuration(database, configurations, configured(outbox)).tell(settings.effective)
        opened = opening.pop_all()
    store, offsets, boundaries = Store(database), ReadMarks(database, outbox), Boundaries(database, outbox)
    arrivals, admission = Arrivals(), Admission(settings.unfinished)
    tokens = AccessTokens(settings.secrets_dir / "intake-signing-key", settings.issuer)
    organisations = Organisations(database)
    idempotency_keys = IdempotencyKeys(database, DaySecrets(settings.secrets_dir / "idempotency"))
    trusted = TrustedTokens(tokens, read_issuers(settings.token_issuers, issuers))
    callers = Callers(trusted, keys, refusal=organisations.refusal)
    views, draft_store, notices = (
        Views(database, outbox),
        DraftStore(database),
        Notices(database, producer, arrivals.wake),
    )
    reading, drafts = Reading(store, keys, callers, views), Drafts(draft_store, keys, views)
    erasure, holdings = Erasure(Fence(database), draft_store, producer, keys), Holdings(store, draft_store)
    orders = Orders(erasure, Disclosure(SERVICE, keys, producer, holdings.of), producer)
    results = ResultsLoop(store, producer, arrivals, admission)
    batches = BatchLoop(settings.bootstrap, f"{SERVICE}-store", READ, results.work, own=offsets)
    revocations = Revocations(
        settings.bootstrap,
        SERVICE,
        keys,
        producer,
        tags,
        start=await offsets.of_revocations(),
        stored=erasure.revoked,
    )
    version, _ = await asyncio.gather(_warm(), organisations.look())
    acceptance, signals = (
        Acceptance(version, keys, producer, store, admission, limits=boundaries.limits),
        MarketSignals(database, outbox, version),
    )
    channels = outlets(
        settings,
        callers=callers,
        organisations=organisations,
        database=database,
        store=store,
        keys=keys,
        views=views,
        notices=notices,
        producer=producer,
        outside=outside,
        arrivals=arrivals,
        acceptance=acceptance,
        idempotency_keys=idempotency_keys,
        marks=offsets,
    )

    async def opened_parts(_: web.Application) -> AsyncIterator[None]:
        async with opened:
            yield

    def missing() -> str | None:
        if not revocations.ready.is_set():
            return "the revocations have not been read to their end"
        return None if batches.ready.is_set() else "the batch loop has not joined its group"

    house = Housekeeping(
        idempotency_keys=idempotency_keys,
        drafts=drafts,
        organisations=organisations,
        channels=channels,
        notices=notices,
        outbox=outbox,
        store=store,
        admission=admission,
    )
    public = _front_door(
        trusted.look, ByAddress(settings.proxies, callers.known).limit, TriedCodes(keys, settings.proxies).limit
    )
    public.on_shutdown.append(channels.events.close)
    own = (
        Rescoring(version, callers, reading, acceptance),
        Series(version, callers, reading),
        Guidance(callers, reading),
        Records(callers, reading),
        Imports(callers, idempotency_keys, acceptance, receipts := settings.addresses["consent"] + RECEIPTS),
        CsvImports(callers, idempotency_keys, acceptance),
        Letters(callers, reading),
    )
    desk = Desk(site(settings), version, acceptance, reading, arrivals)
    parts: tuple[Part, ...] = (
        TokensApi(callers, organisations, tokens),
        HandIns(
            callers=callers,
            keys=idempotency_keys,
            acceptance=acceptance,
            reading=reading,
            arrivals=arrivals,
            receipts=receipts,
        ),
        AssessmentApi(callers, reading),
        *own,
        *channels.parts,
        Employees(callers, keys, settings.addresses["consent"]),
        NoticesApi(callers, notices),
        BoundariesApi(callers, boundaries),
        EventsContract(),
        Lookups(version, signals),
        DryRun(version, callers),
        IncomeReview(version),
    )
    desk.site.join(public)
    public.add_routes(
        chain.from_iterable(page.table() for page in pages(desk, drafts, channels.inviting, boundaries, signals))
    )
    listed = chain.from_iterable(part.table() for part in parts)
    public.add_routes(INTERFACE.served([*health_routes(missing), *listed]))
    public.cleanup_ctx.extend([opened_parts, making])
    public.cleanup_ctx.append(
        running(
            agents(SERVICE, settings, orders, notices, house, producer=producer, tags=tags),
            Loop("revocations", revocations.run),
            Loop("batches", batches.run),
            Loop("outbox", lambda: outbox.run(producer)),
            *channels.loops,
        )
    )
    return [
        Listener(public, settings.host, settings.port),
        Listener(
            Admin(
                organisations,
                tokens,
                keys,
                signals,
                boundaries=boundaries,
                direct=channels.direct,
                inbound_key=channels.inbound_key,
                partner_keys=PartnerKeys(database),
            ).application(),
            socket=settings.admin_socket,
        ),
    ]


def _front_door(*doorkeepers: Middleware) -> web.Application:
    around = [problem_details, decode, after_sunset(), *doorkeepers]
    public = web.Application(middlewares=around, client_max_size=BODY_BYTES, handler_args=UNDECODED)
    public.on_response_prepare.append(tell_deprecation)
    public.on_response_prepare.append(tell_quota)
    return public


async def _warm() -> Version:
    """The newest version, with every table read before anybody waits for an answer from it."""
    version = load()
    await asyncio.to_thread(version.warm)
    for language in version.languages:
        await asyncio.to_thread(index, language)
    return version
