"""The first page: how each log stands."""

import asyncio

from aiohttp import web

from infra.clock import now
from infra.pages.site import Site
from infra.pages.visit import Visit
from services.audit.completeness.checks import Checks
from services.audit.health import HealthCheck
from services.audit.officers.register import Officer
from services.audit.pages.completeness import said
from services.audit.pages.desk import Desk

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


class OverviewPage:
    """The handler."""

    def __init__(self, site: Site, desk: Desk, health: HealthCheck, checks: Checks) -> None:
        self._site = site
        self._desk = desk
        self._health = health
        self._checks = checks

    def table(self) -> list[web.RouteDef]:
        """The route."""
        return [self._site.get("/", self._desk.needing("read", self.show))]

    async def show(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """Of each log size, root, checkpoint and witnesses; findings of all."""
        health = await asyncio.to_thread(self._health.now)
        moment, last = now(), self._checks.last
        return visit.page(
            "overview.html",
            officer=officer,
            health=health,
            ages=[age_of(visit, max(0, int((moment - log.at).total_seconds()))) for log in health.logs],
            last=last,
            checked=None if last is None else said(visit, last),
        )


def age_of(visit: Visit, seconds: int) -> str:
    """`3 minutes ago`, in the coarsest unit that says something."""
    if seconds < _MINUTE:
        return visit.says("less than a minute ago")
    if seconds < _HOUR:
        return visit.says("%(minutes)s min ago", minutes=seconds // _MINUTE)
    if seconds < 2 * _DAY:
        return visit.says("%(hours)s h ago", hours=seconds // _HOUR)
    return visit.says("%(days)s days ago", days=seconds // _DAY)
