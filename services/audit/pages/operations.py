"""The operator's page: how the work flows, who is running, and dead letters to look at and to replay."""

import secrets
from typing import Any

from aiohttp import web

from infra.http.problems import Problem, not_found
from infra.pages.site import Site
from infra.pages.visit import Visit
from services.audit.officers.register import Officer
from services.audit.operations.dead_letters import DeadLetter, DeadLetters
from services.audit.operations.monitor import THE_LOG, Monitor
from services.audit.operations.replays import Replays
from services.audit.pages.asking import purpose_fits
from services.audit.pages.desk import Desk

_ONE = "/operations/dead-letters/{topic:dead\\.[a-z]+}/{offset:[0-9]{1,15}}"


class OperationPages:
    """The handlers. `broker` is the kind of broker: `given`, `apache` or `embedded`."""

    def __init__(
        self, site: Site, desk: Desk, monitor: Monitor, letters: DeadLetters, replays: Replays, *, broker: str
    ) -> None:
        self._site = site
        self._desk = desk
        self._monitor = monitor
        self._letters = letters
        self._replays = replays
        self._broker = broker

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/operations", self._desk.needing("operate", self.show)),
            self._site.get(_ONE, self._desk.needing("operate", self.look)),
            self._desk.form(self._site, f"{_ONE}/replay", "operate", self.replay, self.look),
        ]

    async def show(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """Figures and dead letters."""
        figures = self._monitor.figures
        try:
            letters, away = await self._letters.listed(), False
        except Problem:
            letters, away = [], True
        return visit.page(
            "operations.html",
            officer=officer,
            sample=figures.newest,
            flows=figures.flows(),
            letters=letters,
            away=away,
            broker=_kinds(visit).get(self._broker, self._broker),
            readers=_readers(visit),
            the_log=THE_LOG,
        )

    async def look(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """One dead letter, and the form that replays it."""
        return await self._page(visit, officer, await self._letter(visit))

    async def replay(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """Send it again, once for one form."""
        letter, reason = await self._letter(visit), visit.form.get("reason")
        if not purpose_fits(reason):
            visit.form = visit.form.wrong(
                {"reason": visit.says("Say in 3 to 300 characters why it will be usable now.")}
            )
            return await self._page(visit, officer, letter, status=422)
        await self._replays.ask(visit.form.get("replay"), letter.topic, letter.offset, reason, officer.by)
        return visit.see_other(f"/operations/dead-letters/{letter.topic}/{letter.offset}")

    async def _letter(self, visit: Visit) -> DeadLetter:
        place = visit.request.match_info
        letter = await self._letters.one(place["topic"], int(place["offset"]))
        if letter is None:
            raise not_found("dead letter")
        return letter

    async def _page(self, visit: Visit, officer: Officer, letter: DeadLetter, *, status: int = 200) -> web.Response:
        return visit.page(
            "dead_letter.html",
            status=status,
            officer=officer,
            letter=letter,
            why_not=_why_not(visit).get(letter.why_not()),
            replayed=await self._replays.of(letter),
            replay=visit.form.get("replay") or secrets.token_hex(16),
        )


def _kinds(visit: Visit) -> dict[str, str]:
    _ = visit.says
    return {
        "": _("given by its address"),
        "given": _("given by its address"),
        "apache": _("Apache Kafka, started with the services"),
        "embedded": _("embedded, in memory: for trying things out only"),
    }


def _readers(visit: Visit) -> dict[str, str]:
    """Consumer groups in plain words."""
    _ = visit.says
    return {
        "scoring": _("scoring"),
        "intake-store": _("intake: results"),
        "intake.agents": _("intake: people's requests"),
        "consent.agents": _("consent: acknowledgements and answers"),
        "audit.agents": _("audit: people's requests"),
        "audit-statistics": _("audit: statistics"),
        THE_LOG: _("audit: the log"),
    }


def _why_not(visit: Visit) -> dict[str, Any]:
    _ = visit.says
    return {
        "unreadable": _("It is no dead letter of ours, or names a topic that there is not."),
        "not-carried": _("The record was too large to be copied. It lies at its first place until its time is over."),
        "in-order": _("Entries of an outbox count in their order; a late one changes nothing."),
    }
