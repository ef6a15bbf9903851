"""The assessment of whoever comes by themselves: what it is, the form, and a draft of it for whoever asks to save."""

from typing import Any

import msgspec
from aiohttp import web

from infra.http.problems import Problem
from infra.pages.visit import Visit
from schemas.purposes import INDIVIDUALS
from services.intake.handing_in.drafts import Drafts
from services.intake.handing_in.idempotency import Events
from services.intake.organisations.callers import Caller
from services.intake.pages import filled as forms
from services.intake.pages.filling import SCORED_WITHIN_SECONDS, Desk, Filling, month
from services.intake.pages.questions import codes
from services.intake.pages.sample import sample
from services.intake.pages.saving import Saving

Document = dict[str, Any]


class Assessment(Filling):
    """The handlers."""

    may_save = True

    def __init__(self, desk: Desk, drafts: Drafts) -> None:
        super().__init__(desk)
        self._drafts = drafts
        self._saving = Saving(drafts)

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/", self.start),
            self._site.post("/", self.resume, self.start),
            self._site.get("/assessment", self.begin),
            self._site.post("/assessment", self.go),
            self._site.get("/privacy-notice", self.notice),
        ]

    async def start(self, visit: Visit) -> web.Response:
        """What it is, what it is not, what is kept and for how long."""
        return visit.page("start.html", sample=sample(visit))

    async def resume(self, visit: Visit) -> web.Response:
        """A saved draft, by its claim code: the form as it was left."""
        resumed = await self._saving.resume(visit)
        if resumed is None:
            return visit.page("start.html", sample=sample(visit), status=422)
        visit.form = resumed.form
        visit.form = self._sound(visit)
        return await self._shown(visit, resumed.step)

    async def notice(self, visit: Visit) -> web.Response:
        """The whole notice of Art. 13 GDPR."""
        return visit.page("notice.html")

    async def _otherwise(self, visit: Visit, verb: str, step: str) -> web.Response:
        """The pages of saving; another language leaves one where one is."""
        match verb or visit.form.get("saving"):
            case "save" if codes(visit.form):
                return self._saving.ask(visit)
            case "keep" if codes(visit.form):
                return await self._saving.keep(visit, forms.filled(visit.form, self._asked(visit), month()).answers)
        return await self._shown(visit, step)

    async def _handed_in(self, visit: Visit) -> web.Response:
        answers = forms.filled(visit.form, self._asked(visit), month()).answers
        document: Document = {"assessment": answers, "consent": forms.consent(visit.form, visit.language)}
        if told := forms.told(visit.form):
            document["statistics"] = told
        caller = Caller(INDIVIDUALS, visit.form.get("claim") or None)
        (taken,) = await self._acceptance.take(caller, Events(None), [(1, msgspec.json.encode(document))])
        if isinstance(taken, Problem):
            return await self._refused(visit, taken)
        if caller.claim_code:
            await self._drafts.finish(caller.claim_code)
        claim = taken.claim_code or caller.claim_code or ""
        await self._arrivals.wait(taken.id, SCORED_WITHIN_SECONDS, lambda: self._reading.has_ended(taken.id))
        visit.session.begin(claim=claim, new="" if caller.claim_code else "yes")
        return visit.see_other(f"/result/{taken.id}")
