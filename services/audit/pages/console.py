"""The officers' console: its site and its pages over the parts of the service."""

from itertools import chain

from aiohttp import web

from infra.keys.client import KeyClient
from infra.pages.site import Site
from services.audit.act_openings import ActOpenings
from services.audit.acts import Acts
from services.audit.completeness.checks import Checks
from services.audit.evidence.packs import Packs
from services.audit.health import HealthCheck
from services.audit.incidents import Incidents
from services.audit.officers.register import Officers
from services.audit.openings import Openings
from services.audit.operations.dead_letters import DeadLetters
from services.audit.operations.monitor import Monitor
from services.audit.operations.replays import Replays
from services.audit.pages.completeness import CompletenessPages
from services.audit.pages.desk import Desk
from services.audit.pages.drift import DriftPages
from services.audit.pages.entry import EntryPages
from services.audit.pages.evidence import EvidencePages
from services.audit.pages.fairness import FairnessPages
from services.audit.pages.incidents import IncidentPages
from services.audit.pages.login import LoginPages
from services.audit.pages.operations import OperationPages
from services.audit.pages.overview import OverviewPage
from services.audit.pages.requests import RequestPages
from services.audit.pages.reviews import ReviewPages
from services.audit.pages.search import SearchPages
from services.audit.privacy.reviews import Reviews
from services.audit.statistics.day_counts import DayCounts
from services.audit.store import Store
from services.audit.tlog.logs import Logs


class Console:
    """Belongs to an application once it has joined it."""

    def __init__(self, site: Site, officers: Officers) -> None:
        self._site = site
        self._officers = officers

    def join(
        self,
        application: web.Application,
        *,
        logs: Logs,
        store: Store,
        acts: Acts,
        openings: Openings,
        act_openings: ActOpenings,
        reviews: Reviews,
        health: HealthCheck,
        packs: Packs,
        checks: Checks,
        keys: KeyClient,
        incidents: Incidents,
        counts: DayCounts,
        monitor: Monitor,
        letters: DeadLetters,
        replays: Replays,
        broker: str,
    ) -> None:
        """Add every page."""
        site, desk = self._site, Desk(self._officers)
        pages = (
            LoginPages(site, desk),
            OverviewPage(site, desk, health, checks),
            CompletenessPages(site, desk, checks),
            SearchPages(site, desk, logs, store, acts),
            EntryPages(site, desk, logs, openings, act_openings),
            ReviewPages(site, desk, reviews, self._officers),
            FairnessPages(site, desk, counts, acts),
            DriftPages(site, desk, counts, acts),
            EvidencePages(site, desk, packs, logs),
            RequestPages(site, desk, keys),
            IncidentPages(site, desk, incidents),
            OperationPages(site, desk, monitor, letters, replays, broker=broker),
        )
        site.join(application)
        application.add_routes(chain.from_iterable(page.table() for page in pages))
