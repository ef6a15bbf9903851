"""The result: how to get to it, the score with its reasons, and what can be taken along."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from infra.documents.pdf import NoPdf, pdf
from infra.http.problems import Problem
from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.answers import CORE_INCOME
from schemas.points import in_points
from services.intake.advice.series import changes
from services.intake.assessments.rows import Row
from services.intake.pages.entrance import NotEntered
from services.intake.pages.mistakes import said
from services.intake.pages.own import Opened, Own
from services.intake.pages.reasons import dimensions, dimensions_chart, waterfall_of
from services.intake.pages.sample import drawn
from services.intake.results.loop import Arrivals
from services.intake.results.reading import Reading
from services.methodology.source import manifest

Document = dict[str, Any]
WAIT_SECONDS = 10.0
MOST_EARLIER = 20
_SHEET = Path(__file__).with_name("report.css").read_text()
ASSESSMENT = "/result/{id:[0-9a-f]{32}}"


class ResultPages:
    """The handlers."""

    def __init__(self, site: Site, own: Own, reading: Reading, arrivals: Arrivals) -> None:
        self._site = site
        self._own = own
        self._reading = reading
        self._arrivals = arrivals

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        entered = self._own.entered
        return [
            self._site.get("/result", self.entrance),
            self._site.post("/result", self.enter, self.entrance),
            self._site.post("/result/close", self.close),
            self._site.get(ASSESSMENT, entered(self.show)),
            self._site.get(f"{ASSESSMENT}/result.json", entered(self.take_along)),
            self._site.get(f"{ASSESSMENT}/result.pdf", entered(self.print_)),
        ]

    async def entrance(self, visit: Visit) -> web.StreamResponse:
        """Where the claim code is asked for; whoever has entered it is led to the newest assessment."""
        try:
            newest = await self._own.newest(visit, 1)
        except NotEntered:
            return visit.page("result/entrance.html")
        except Problem as problem:
            if problem.status != 401:
                raise
            visit.session.end()  # what it opened was erased meanwhile
            return visit.page("result/entrance.html", status=401)
        return visit.see_other(f"/result/{newest[0].id}") if newest else visit.page("result/none.html")

    async def enter(self, visit: Visit) -> web.StreamResponse:
        """A claim code."""
        if await self._own.enter(visit, visit.form.get("claim")):
            return visit.see_other("/result")
        visit.form = visit.form.wrong(said(visit, {"claim": "claim-code"}))
        return visit.page("result/entrance.html", status=422)

    async def close(self, visit: Visit) -> web.Response:
        """Forget the claim code."""
        visit.session.end()
        return visit.see_other("/result")

    async def show(self, visit: Visit) -> web.Response:
        """The score with its reasons; while it is being computed, or where it was refused, how things stand."""
        row, newest = await self._own.among_newest(visit, MOST_EARLIER)
        if row.state == "accepted":
            await self._arrivals.wait(row.id, WAIT_SECONDS, lambda: self._reading.has_ended(row.id))
            row, newest = await self._own.among_newest(visit, MOST_EARLIER)
        if row.state != "scored":
            return visit.page("result/waiting.html", row=row)
        scored = [one for one in reversed(newest) if one.state == "scored"]
        opened, details = await self._own.in_series(visit, "result", row, scored if len(scored) > 1 else ())
        return visit.page("result/score.html", **self._told(visit, opened), **_series(scored, details))

    async def take_along(self, visit: Visit) -> web.Response:
        """Answers, result and reasons as a file; with an income also the reasons of the score that counts it."""
        opened = await self._own.opened(visit, "result.json")
        told: Document = {"id": opened.row.id, "answers": opened.answers}
        told |= {"result": opened.result, "detail": opened.detail}
        if (reasons := _reasons_with_income(opened)) is not None:
            told["with_income"] = reasons
        return web.Response(
            body=orjson.dumps(told, option=orjson.OPT_INDENT_2),
            content_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="careerpulse-result.json"'},
        )

    async def print_(self, visit: Visit) -> web.Response:
        """The result to print or to file: tagged PDF (PDF/UA-1)."""
        opened = await self._own.opened(visit, "result.pdf")
        html = visit.drawn("result/report.html", sheet=_SHEET, **self._told(visit, opened))
        try:
            body = await asyncio.to_thread(pdf, html)
        except NoPdf as error:
            raise Problem(503, "no-printer", "No PDF can be made here", str(error)) from error
        return web.Response(
            body=body,
            content_type="application/pdf",
            headers={"Content-Disposition": 'attachment; filename="careerpulse-result.pdf"'},
        )

    def _told(self, visit: Visit, opened: Opened) -> Document:
        explanation, version = opened.detail["explanation"], opened.version
        words = _words(visit)
        told: Document = {
            "opened": opened,
            "claim": visit.session.get("claim"),
            "is_new": bool(visit.session.get("new")),
            "score": drawn(visit, opened.result["points"]),
            "dimensions": dimensions(explanation, version, visit.formats),
            "bars": dimensions_chart(explanation, version, visit.formats, words["dimensions"]),
            "why": waterfall_of(explanation, version, visit.formats, words["why"]),
            "marks": [version.text(f"mark.{mark}", visit.language) for mark in opened.result["marks"]],
            "limits": version.limits(visit.language),
            "sources": manifest(),
        }
        if (reasons := _reasons_with_income(opened)) is not None:
            told["with_income"] = _with_income(visit, opened, reasons)
        return told


def _reasons_with_income(opened: Opened) -> Document | None:
    """The explanation of `core+income`, as the trail has it; None where no income was given."""
    if opened.answers["profile"] != CORE_INCOME:
        return None
    told = opened.version.score(opened.answers).trail()["explanations"]
    return next((one for one in told if one["profile"] == CORE_INCOME), None)


def _with_income(visit: Visit, opened: Opened, reasons: Document) -> Document:
    """The second score as the first is shown: with its band, and the answers behind each dimension."""
    version, currency = opened.version, opened.answers.get("income", {}).get("currency", "")
    words, points = _words(visit)["income"], in_points(reasons["score"], reasons["band"])
    return {
        "score": drawn(visit, points, "score-income", words["score"]),
        "why": waterfall_of(reasons, version, visit.formats, words, "why-income"),
        "dimensions": dimensions(reasons, version, visit.formats, currency),
    }


def _series(rows: Sequence[Row], details: Mapping[str, Document]) -> Document:
    """Earlier and later results, and which change between neighbours may be called one."""
    superseded = {row.id for row in rows if row.superseded_by is not None}
    compared = {one: detail for one, detail in details.items() if one not in superseded}
    change_to = {one["later"]: one for one in changes(compared)}
    return {"series": details, "superseded": superseded, "changes": change_to}


def _words(visit: Visit) -> dict[str, dict[str, str]]:
    _ = visit.says
    why = {
        "base": _("Middle of the scale"),
        "open": _("What open questions could add"),
        "score": _("Your score"),
        "title": _("From the middle of the scale to your score"),
        "description": _("Each dimension adds points or takes some; together they are the score."),
        "part": _("Step"),
        "change": _("Points"),
        "reached": _("Reached"),
    }
    return {
        "why": why,
        "income": {**why, "score": _("Your score with income"), "title": _("The same with your income counted")},
        "dimensions": {
            "title": _("Your dimensions"),
            "description": _("How each dimension stands, of 100, with its weight in the score."),
            "part": _("Dimension and weight"),
            "value": _("Of 100"),
        },
    }
