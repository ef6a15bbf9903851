"""Incidents with their clocks (AI Act Art. 73: 15, 10 or 2 days; GDPR Art. 33: 72 hours), drafts of their reports."""

import re
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from infra.clock import now, written
from infra.http.problems import Problem
from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.incident import INCIDENT_KINDS, MOST_ENTRIES, WHAT_MAXIMUM, IncidentKind
from services.audit.documents.clocks import law_of
from services.audit.documents.incident_report import incident_report
from services.audit.incidents import Incidents, Running
from services.audit.officers.register import Officer
from services.audit.pages.desk import Desk
from services.audit.pages.remaining import remaining
from services.audit.tlog.at import WRITTEN, At

_ONE = "/incidents/{entry:[0-9a-f]{32}}"
_SHORTEST = 10
_AUTHORITY_MAXIMUM = 200


class IncidentPages:
    """The handlers."""

    def __init__(self, site: Site, desk: Desk, incidents: Incidents) -> None:
        self._site = site
        self._desk = desk
        self._incidents = incidents

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/incidents", self._desk.needing("read", self.show)),
            self._desk.form(self._site, "/incidents", "read", self.record, self.show),
            self._site.get(f"{_ONE}/report", self._desk.needing("read", self.draft)),
            self._desk.form(self._site, f"{_ONE}/reported", "read", self.report, self.show),
        ]

    async def show(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """All of them with their clocks, and the form for another."""
        return await self._page(visit, officer)

    async def record(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """Record one; its clock runs from awareness."""
        mistakes, moment = _mistakes(visit), _moment(visit)
        if not mistakes and moment is not None:
            kind = next(one for one in INCIDENT_KINDS if one == visit.form.get("kind"))
            try:
                await self._incidents.record(
                    kind, written(moment), visit.form.get("what"), _entries(visit), by=officer.by
                )
            except Problem as problem:
                if problem.status != 422:
                    raise
                mistakes["entries"] = visit.says("No log holds an entry of this number.")
        if mistakes:
            visit.form = visit.form.wrong(mistakes)
            return await self._page(visit, officer, status=422)
        return visit.see_other("/incidents")

    async def draft(self, visit: Visit, _: Officer) -> web.StreamResponse:
        """The draft of the report, as Markdown."""
        incident = await self._incidents.draft_of(visit.request.match_info["entry"])
        return web.Response(
            text=incident_report(incident, written(now())),
            content_type="text/markdown",
            headers={"Content-Disposition": 'attachment; filename="incident-report.md"'},
        )

    async def report(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """It was reported: the clock stands still."""
        entry, to = visit.request.match_info["entry"], visit.form.get("to")
        if not 3 <= len(to) <= _AUTHORITY_MAXIMUM or not to.isprintable():
            visit.form = visit.form.wrong({f"to-{entry[:8]}": visit.says("Say to which authority.")})
            return await self._page(visit, officer, status=422)
        await self._incidents.report(entry, to, officer.by)
        return visit.see_other("/incidents")

    async def _page(self, visit: Visit, officer: Officer, *, status: int = 200) -> web.Response:
        found = [_row(visit, one) for one in await self._incidents.listed()]
        return visit.page(
            "incidents.html",
            status=status,
            officer=officer,
            open=[one for one in found if one["one"].reported_at is None],
            closed=[one for one in found if one["one"].reported_at is not None],
            kinds=[(kind, *said) for kind, said in kinds(visit).items()],
            most=WHAT_MAXIMUM,
        )


def kinds(visit: Visit) -> dict[IncidentKind, tuple[str, str]]:
    """Every kind in a few words, and how long its clock runs by which article."""
    _ = visit.says
    said: dict[IncidentKind, tuple[str, str]] = {
        "serious": (_("Serious harm, or fundamental rights infringed"), _("15 days")),
        "death": (_("Somebody has died"), _("10 days")),
        "widespread": (_("Widespread infringement, or critical infrastructure disrupted"), _("2 days")),
        "breach": (_("Personal data lost, changed or seen by the wrong people"), _("72 hours")),
    }
    return {kind: (words, f"{within}, {law_of(kind).article}") for kind, (words, within) in said.items()}


def _row(visit: Visit, one: Running) -> dict[str, Any]:
    words, clock = kinds(visit)[one.kind]
    told = one.reported_at or now()
    return {"one": one, "kind": words, "clock": clock, "left": remaining(visit, one.report_by, told)}


def _mistakes(visit: Visit) -> dict[str, str]:
    form, found = visit.form, {}
    if form.get("kind") not in INCIDENT_KINDS:
        found["kind"] = visit.says("Choose what happened.")
    moment = _moment(visit)
    if moment is None:
        found["aware-day"] = visit.says("Enter the day and the time in UTC, such as 2026-11-23 and 18:00.")
    elif moment > now():
        found["aware-day"] = visit.says("This lies ahead. Since when has it been known?")
    if not _SHORTEST <= len(form.get("what")) <= WHAT_MAXIMUM:
        found["what"] = visit.says("Say in at least %(least)s characters what happened.", least=_SHORTEST)
    words = [word for word in re.split(r"[\s,;]+", form.get("entries")) if word]
    if len(words) > MOST_ENTRIES or not all(re.fullmatch(WRITTEN, word, re.ASCII) for word in words):
        found["entries"] = visit.says(
            "Enter up to %(most)s indices such as 120, or 1-120 in log 1.", most=MOST_ENTRIES
        )
    return found


def _moment(visit: Visit) -> datetime | None:
    try:
        text = f"{visit.form.get('aware-day')} {visit.form.get('aware-time')}"
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def _entries(visit: Visit) -> dict[str, At]:
    words = re.split(r"[\s,;]+", visit.form.get("entries"))
    return {f"/entries/{place}": At.parse(word) for place, word in enumerate(filter(None, words))}
