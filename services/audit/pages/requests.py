"""People's requests against their deadlines. The data are consent's: audit asks for them over the key API."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from infra.clock import now
from infra.http.problems import unavailable
from infra.keys.client import KeyClient, KeysUnavailable
from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.request_clocks import RequestClock
from services.audit.officers.register import Officer
from services.audit.pages.desk import Desk
from services.audit.pages.remaining import remaining


class RequestPages:
    """The handler."""

    def __init__(self, site: Site, desk: Desk, keys: KeyClient) -> None:
        self._site = site
        self._desk = desk
        self._keys = keys

    def table(self) -> list[web.RouteDef]:
        """The route."""
        return [self._site.get("/requests", self._desk.needing("read", self.show))]

    async def show(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """All open ones, the nearest deadline first."""
        try:
            clocks = (await self._keys.open_requests()).requests
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        found = [_row(visit, one) for one in clocks]
        late = sum(one["left"].late for one in found)
        return visit.page("requests.html", officer=officer, found=found, late=late)


def _row(visit: Visit, one: RequestClock) -> dict[str, Any]:
    due = datetime.fromisoformat(one.due_by).astimezone(UTC)
    return {
        "clock": one,
        "kind": _kinds(visit).get(one.type, one.type),
        "waits": _waits(visit)[one.waits],
        "due": due,
        "left": remaining(visit, due, now()),
    }


def _kinds(visit: Visit) -> dict[str, str]:
    _ = visit.says
    return {
        "access": _("Access (Art. 15)"),
        "portability": _("Portability (Art. 20)"),
        "rectification": _("Rectification (Art. 16)"),
        "restriction": _("Restriction (Art. 18)"),
        "restriction-lift": _("End of a restriction"),
        "objection": _("Objection (Art. 21)"),
        "review": _("Review by a human (Art. 22)"),
        "erasure": _("Erasure (Art. 17)"),
        "withdrawal": _("Withdrawal of consent (Art. 7)"),
    }


def _waits(visit: Visit) -> dict[str, str]:
    _ = visit.says
    return {
        "window": _("the end of the window for a cancellation"),
        "hold": _("the end of a legal hold"),
        "traces": _("traces in the database being wiped"),
        "key-clients": _("every process letting go of the key"),
        "stores": _("the services that hold data"),
        "person": _("the person, who hands in the correction"),
        "scoring": _("the score of the correction"),
        "reviewer": _("an overseer's decision"),
        "hand-over": _("the organisation to fetch it (24 hours)"),
        "controller": _("the organisation's word"),
    }
