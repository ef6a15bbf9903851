"""The correction of answers that were handed in (GDPR Art. 16), in the form that they were handed in by.

It opens with the claim code. Nothing new is agreed to: a correction stands under the consent of what it corrects, and
is of the same month. Once it is scored, the earlier result stays and says that it was superseded.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
from aiohttp import web

from infra.http.problems import Problem, invalid
from infra.pages.form import Form
from infra.pages.visit import Visit
from schemas.faults import Faulty
from schemas.submission import handed_in_again
from services.intake.assessments.rows import Row
from services.intake.handing_in.hand_in import HandIn, read
from services.intake.handing_in.idempotency import Events
from services.intake.pages import filled as forms
from services.intake.pages.filling import SCORED_WITHIN_SECONDS, Desk, Filling
from services.intake.pages.mistakes import said
from services.intake.pages.own import Own
from services.intake.pages.refilled import refilled, unchanged
from services.intake.pages.result import ASSESSMENT

Document = dict[str, Any]


class Correcting(Filling):
    """The handlers."""

    steps = ("occupation", "tasks", "skills", "habits", "income", "correct")

    def __init__(self, desk: Desk, own: Own) -> None:
        super().__init__(desk)
        self._own = own

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        place, entered = f"{ASSESSMENT}/correction", self._own.entered
        return [self._site.get(place, entered(self.begin)), self._site.post(place, entered(self.go))]

    async def begin(self, visit: Visit) -> web.Response:
        """The form with the answers as they were handed in."""
        row = await self._own.to_change(visit)
        if row.superseded_by is None:
            visit.form = refilled((await self._handed_in_before(visit, row))["assessment"])
            visit.form = self._sound(visit)
        return await super().begin(visit)

    async def _shown(self, visit: Visit, step: str) -> web.Response:
        row = await self._own.to_change(visit)
        if row.superseded_by is not None:
            return visit.see_other(f"/result/{row.superseded_by}")
        return await super()._shown(visit, step)

    def _lies_at(self, visit: Visit) -> str:
        return visit.request.path

    def _missing(self, form: Form) -> Mapping[str, str]:
        """Nothing: what was agreed to holds."""
        return {}

    async def _handed_in(self, visit: Visit) -> web.Response:
        row = await self._own.to_change(visit)
        if row.superseded_by is not None:
            return visit.see_other(f"/result/{row.superseded_by}")
        before = await self._handed_in_before(visit, row)
        try:
            corrected = self._corrected(visit, row, before)
        except Faulty as faulty:
            return await self._refused(visit, invalid(faulty.faults))
        taken = await self._acceptance.again(self._own.caller(visit), corrected)
        if isinstance(taken, Problem):
            return await self._refused(visit, taken)
        await self._arrivals.wait(taken.id, SCORED_WITHIN_SECONDS, lambda: self._reading.has_ended(taken.id))
        return visit.see_other(f"/result/{taken.id}")

    async def _refused(self, visit: Visit, problem: Problem) -> web.Response:
        if problem.status != 403:
            return await super()._refused(visit, problem)
        visit.form = visit.form.wrong(said(visit, {"hand-in": "stopped"}))
        return await self._shown(visit, self.steps[-1])

    async def _handed_in_before(self, visit: Visit, row: Row) -> Document:
        async with self._reading.view(self._own.caller(visit), "answers, to correct them", [row]) as view:
            return await view.handed_in(row)

    def _corrected(self, visit: Visit, row: Row, before: Document) -> HandIn:
        """The corrected hand-in. Raises Faulty."""
        answers = forms.filled(visit.form, self._asked(visit), before["assessment"]["as_of"]).answers
        document = handed_in_again({**before, "assessment": unchanged(before["assessment"], visit.form, answers)})
        event = Events(None).event_id(1)
        again = read(msgspec.json.encode(document), self._own.caller(visit), event, self._version, visit.language)
        without_consent = replace(again, person=msgspec.structs.replace(again.person, records=()), counted=None)
        return without_consent.correcting(row.id, row.alias or "")
