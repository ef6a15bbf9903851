"""The accessibility statement (Directive (EU) 2016/2102, Art. 7; EN 301 549)."""

from datetime import date

from aiohttp import web

from infra.pages.site import Site
from infra.pages.visit import Visit

CHECKED = date(2026, 11, 30)
"""When the pages were last gone through against WCAG 2.2; whoever does so again changes it."""


class Statement:
    """The handler."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [self._site.get("/accessibility", self.show)]

    async def show(self, visit: Visit) -> web.Response:
        """What is met, what is not known to be, and how it was checked."""
        return visit.page("accessibility.html", checked=CHECKED)
