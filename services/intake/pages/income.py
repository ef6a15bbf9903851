"""How an income holds over twelve months: from the few figures of an assessment, or from a longer list of sources.

The longer list is computed and shown, and kept nowhere: it is no part of a score and of no hand-in.
"""

import asyncio
from typing import Any

from aiohttp import web

from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.income import KINDS, RENEWALS
from services.intake.pages import income_form as forms
from services.intake.pages.filled import currencies
from services.intake.pages.filling import month
from services.intake.pages.income_shown import Shown, shown
from services.intake.pages.mistakes import said
from services.intake.pages.own import Own
from services.intake.pages.result import ASSESSMENT
from services.methodology.finding import Refused
from services.methodology.source import manifest
from services.methodology.version import Version, load

Document = dict[str, Any]


class IncomePages:
    """The handlers."""

    def __init__(self, site: Site, own: Own) -> None:
        self._site = site
        self._own = own

    def table(self) -> list[web.RouteDef]:
        """All routes; what is listed comes in a body."""
        own, entered = f"{ASSESSMENT}/income", self._own.entered
        return [
            self._site.get("/income", self.open),
            self._site.post("/income", self.open),
            self._site.get(own, entered(self.of_result)),
            self._site.post(own, entered(self.of_result)),
        ]

    async def open(self, visit: Visit) -> web.Response:
        """For anybody: sources and contracts are listed, nothing is kept."""
        return await self._answer(visit, "income/page.html", load(), month())

    async def of_result(self, visit: Visit) -> web.Response:
        """For the person of a result: begun with the figures that the assessment has."""
        opened = await self._own.opened(visit, "income")
        if visit.request.method == "GET":
            visit.form = forms.prefilled(opened.answers)
        values = {"opened": opened, "sources": manifest()}
        return await self._answer(visit, "result/income.html", opened.version, opened.answers["as_of"], values)

    async def _answer(
        self, visit: Visit, template: str, version: Version, as_of: str, values: Document | None = None
    ) -> web.Response:
        """The page, or the calendar of reminders where that was asked for."""
        rows, told, review = forms.rows(visit.form), None, None
        if visit.form.get("expenses") or visit.form.has("go", "review") or visit.form.has("go", "calendar"):
            told, review = await self._reviewed(visit, version, as_of)
        if told is not None and visit.form.has("go", "calendar"):
            return web.Response(
                text=told["calendar"],
                content_type="text/calendar",
                headers={"Content-Disposition": 'attachment; filename="careerpulse-contracts.ics"'},
            )
        return visit.page(
            template,
            status=422 if visit.form.mistakes else 200,
            rows=rows,
            most_rows=forms.MOST_ROWS,
            review=review,
            kinds=KINDS,
            renewals=RENEWALS,
            currencies=currencies(visit.form, "currency"),
            **(values or {}),
        )

    async def _reviewed(self, visit: Visit, version: Version, as_of: str) -> tuple[Document | None, Shown | None]:
        """The review of what the form lists; mistakes are said beside their fields."""
        document, mistakes = forms.document(visit.form, as_of)
        if mistakes and visit.form.has("go", "row"):
            return None, None
        if not mistakes:
            try:
                told = await asyncio.to_thread(version.income, document, visit.language)
                return told, shown(visit, version, told, document["reserve"], _called(visit))
            except Refused as refused:
                places = (int(one.path.split(".")[1]) for one in refused.findings)
                mistakes = {f"ends:{document['sources'][at]['id'].removeprefix('source-')}": "ended" for at in places}
        visit.form = visit.form.wrong(said(visit, mistakes))
        return None, None


def _called(visit: Visit) -> Any:
    """What a source is called: as the person does, else by its number."""
    form, _ = visit.form, visit.says
    return lambda source: forms.label(form, source) or _("source %(number)s", number=source.removeprefix("source-"))
