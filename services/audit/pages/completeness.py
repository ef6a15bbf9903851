"""Whether anything is missing from the log: a check for a period, how far it is, and what it found in plain words."""

from datetime import timedelta
from itertools import groupby
from typing import Any

from aiohttp import web

from infra.pages.site import Site
from infra.pages.visit import Visit
from services.audit.completeness.checks import Check, Checks
from services.audit.completeness.findings import Period
from services.audit.officers.register import Officer
from services.audit.pages.asking import day_of, is_day
from services.audit.pages.desk import Desk

MOST_SHOWN = 50
"""Findings of one kind that are listed; behind them stands how many there are."""


class CompletenessPages:
    """The handlers."""

    def __init__(self, site: Site, desk: Desk, checks: Checks) -> None:
        self._site = site
        self._desk = desk
        self._checks = checks

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/completeness", self._desk.needing("read", self.show)),
            self._desk.form(self._site, "/completeness", "read", self.begin, self.show),
        ]

    async def show(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """The last check."""
        return self._page(visit, officer)

    async def begin(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """Begin a check, unless one is being made."""
        start, end = visit.form.get("from"), visit.form.get("to")
        mistakes = {
            name: visit.says("Enter a day such as 2026-11-23, or leave it empty.")
            for name, day in (("from", start), ("to", end))
            if not is_day(day)
        }
        if not mistakes and start and end and day_of(start) > day_of(end):
            mistakes["to"] = visit.says("The last day lies before the first one.")
        if mistakes:
            visit.form = visit.form.wrong(mistakes)
            return self._page(visit, officer, status=422)
        behind = f"{day_of(end) + timedelta(days=1)}T00:00:00Z" if end else None
        self._checks.ask(Period(f"{day_of(start)}T00:00:00Z" if start else None, behind))
        return visit.see_other("/completeness")

    def _page(self, visit: Visit, officer: Officer, *, status: int = 200) -> web.Response:
        last = self._checks.last
        return visit.page(
            "completeness.html",
            status=status,
            officer=officer,
            last=last,
            found=None if last is None else _found(visit, last),
            most=MOST_SHOWN,
        )


def said(visit: Visit, last: Check) -> str:
    """How the last check ended, in one sentence; while it is made, that."""
    if last.failure:
        return visit.says("It could not be checked.")
    if last.outcome is None:
        return visit.says("A check is being made.")
    if last.outcome.report.finding is not None:
        return visit.says("The log is broken: what is on disk is not what was signed.")
    if last.outcome.gaps:
        return visit.says("Something is missing.")
    return visit.says("Nothing is missing: every assessment that was received has its one end.")


def _found(visit: Visit, last: Check) -> dict[str, Any]:
    gaps = [] if last.outcome is None else sorted(last.outcome.gaps, key=lambda gap: (gap.kind, gap.source))
    kinds = [(_in_words(visit, kind), list(of_kind)) for kind, of_kind in groupby(gaps, key=lambda gap: gap.kind)]
    finding = None if last.outcome is None else last.outcome.report.finding
    good = last.outcome is not None and finding is None and not gaps
    return {"said": said(visit, last), "kinds": kinds, "finding": finding, "good": good}


def _in_words(visit: Visit, kind: str) -> tuple[str, str]:
    """What a kind of finding means, and what to do."""
    _ = visit.says
    return {
        "no-end": (
            _("Received, and then nothing"),
            _("An assessment was accepted, and no decision, refusal or dead letter ends it."),
        ),
        "two-ends": (
            _("More than one end"),
            _("One assessment has ended twice. Look at both entries: only one of them can count."),
        ),
        "no-beginning": (
            _("A decision about nothing"),
            _("There is an end for something that the log never saw come in."),
        ),
        "hole": (
            _("A number is missing"),
            _("A service numbers its entries without a gap; one of them never reached the log."),
        ),
        "displaced": (
            _("Two entries under one number"),
            _("A number came twice, with different entries. The log has the first one; find out who sent it."),
        ),
        "set-back": (
            _("How far scoring has come is not known"),
            _("The broker lost or set back scoring's place. What lies before the last end is held to be done."),
        ),
        "deleted": (
            _("Deleted before it was read"),
            _("The broker dropped records before the log had read them. They cannot be brought back from there."),
        ),
        "not-read": (
            _("Not yet read"),
            _("The log has not come to the end of a topic. If it stays so, the log's reader is stuck."),
        ),
        "no-entry": (
            _("A record without an entry"),
            _("The broker holds a record that the log has read past without an entry for it."),
        ),
    }[kind]
