"""The form for an employee whom an organisation has invited: under its legal basis and notice, and without income.

The code comes by a form, never in an address, and lies in the sealed session; it opens the form once and afterwards
the result. The organisation has it too. So the claim code, which opens everything, is shown to whoever hands in,
there and then, and to nobody who comes with the invitation later.
"""

from collections.abc import Mapping

import msgspec
from aiohttp import web

from infra.http.attempts import Attempts
from infra.http.problems import Problem
from infra.pages.form import Form
from infra.pages.visit import Visit
from schemas.boundary import USE_WORDS
from services.intake.boundaries.store import Boundaries
from services.intake.handing_in.acceptance import CODE_NEEDED
from services.intake.invitations.inviting import Inviting, Opened
from services.intake.organisations.callers import Caller
from services.intake.pages import filled as forms
from services.intake.pages.entrance import A_NEW_ONE_AFTER_SECONDS, ATTEMPTS, Entrance, NotEntered, take
from services.intake.pages.filling import SCORED_WITHIN_SECONDS, Desk, Document, Filling, month
from services.intake.pages.mistakes import said
from services.intake.pages.sample import drawn
from services.methodology.version import load

_CODE = "invitation"
_OPENED = web.RequestKey("opened", Opened)


class OneEvent:
    """The event of an invitation: one code, one assessment."""

    def __init__(self, invitation: str) -> None:
        self._invitation = invitation

    def event_id(self, line: int) -> str:
        """The invitation's id."""
        return self._invitation


class Invited(Filling):
    """The handlers."""

    place = "/invitation/assessment"
    done = "/invitation/result"
    steps = ("occupation", "tasks", "skills", "habits", "hand-in")
    may_aim = False

    def __init__(
        self, desk: Desk, inviting: Inviting, boundaries: Boundaries, patience: float = SCORED_WITHIN_SECONDS
    ) -> None:
        super().__init__(desk)
        self._boundaries = boundaries
        self._inviting = inviting
        self._patience = patience
        self._attempts = Attempts(ATTEMPTS, A_NEW_ONE_AFTER_SECONDS)

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        asked_for = Entrance("/invitation", self._enters, "invitation").before
        return [
            self._site.get("/invitation", self.entrance),
            self._site.post("/invitation", self.enter, self.entrance),
            self._site.post("/invitation/close", self.close),
            self._site.get("/invitation/notice", asked_for(self.terms)),
            self._site.get(self.place, asked_for(self.begin)),
            self._site.post(self.place, asked_for(self.go)),
            self._site.get("/invitation/result", asked_for(self.result)),
        ]

    async def entrance(self, visit: Visit) -> web.Response:
        """Where the code is asked for."""
        return visit.page("invitation/entrance.html")

    async def enter(self, visit: Visit) -> web.Response:
        """A code."""
        if not await self._enters(visit, visit.form.get("code")):
            visit.form = visit.form.wrong(said(visit, {"code": "invitation"}))
            return visit.page("invitation/entrance.html", status=422)
        is_open = await self._is_open(await self._opened(visit))
        return visit.see_other("/invitation/notice" if is_open else "/invitation/result")

    async def _enters(self, visit: Visit, code: str) -> bool:
        take(self._attempts, visit.address)
        if await self._inviting.opened(code[:60]) is None:
            return False
        self._attempts.give_back(visit.address)
        visit.session.begin(**{_CODE: code[:60]})
        return True

    async def close(self, visit: Visit) -> web.Response:
        """Forget the code."""
        visit.session.end()
        return visit.see_other("/invitation")

    async def terms(self, visit: Visit) -> web.Response:
        """Who asks, on what legal basis, under which notice, who gets what, and for what they would act upon it."""
        opened = await self._opened(visit)
        boundaries = await self._boundaries.of(opened.invitation.tenant)
        return visit.page(
            "invitation/terms.html", opened=opened, boundaries=boundaries, uses=USE_WORDS[visit.language]
        )

    async def result(self, visit: Visit) -> web.StreamResponse:
        """What the employee gets: the score with its band and dimensions, as the organisation does."""
        opened = await self._opened(visit)
        if await self._is_open(opened):
            return visit.see_other("/invitation/notice")
        invitation = opened.invitation
        caller = Caller(invitation.tenant, invited=True)
        row = await self._reading.row(caller, invitation.id)
        if row.state == "accepted":
            await self._arrivals.wait(row.id, self._patience, lambda: self._reading.has_ended(row.id))
            row = await self._reading.row(caller, invitation.id)
        if row.state != "scored":
            return visit.page("result/waiting.html", row=row)
        async with self._reading.view(caller, "result", [row]) as view:
            found, oversight = await view.result(row), await view.oversight(row)
        version = load(found["methodology"]["version"])
        return visit.page(
            "invitation/result.html",
            opened=opened,
            claim=visit.session.get("claim"),
            result=found,
            oversight=oversight,
            uses=USE_WORDS[visit.language],
            score=drawn(visit, found["points"]),
            names={one["id"]: version.text(f"dimension.{one['id']}", visit.language) for one in found["dimensions"]},
            marks=[version.text(f"mark.{mark}", visit.language) for mark in found["marks"]],
            limits=version.limits(visit.language),
        )

    async def _shown(self, visit: Visit, step: str) -> web.Response:
        visit.request[_OPENED] = await self._opened(visit)
        if not await self._is_open(visit.request[_OPENED]):
            return visit.see_other("/invitation/result")
        return await super()._shown(visit, step)

    def _beside(self, visit: Visit) -> Document:
        return {"opened": visit.request[_OPENED]}

    def _missing(self, form: Form) -> Mapping[str, str]:
        """Nothing but for statistics: the organisation answers for the legal basis of all else."""
        return forms.statistics_mistakes(form)

    async def _handed_in(self, visit: Visit) -> web.Response:
        opened = await self._opened(visit)
        if not await self._is_open(opened):
            return visit.see_other("/invitation/result")
        invitation = opened.invitation
        answers = forms.filled(visit.form, self._asked(visit), month()).answers
        answers.pop("target", None)  # an organisation gets a score of the work that it gives, and no other
        document: Document = {"external_id": opened.external_id, "assessment": answers}
        if visit.form.has("statistics"):
            document["statistics"] = {
                **forms.told(visit.form),
                "notice": opened.terms.notice,
                "language": visit.language,
            }
        events = OneEvent(invitation.id)
        caller = Caller(invitation.tenant, visit.form.get("claim")[:200] or None, invited=True)
        (taken,) = await self._acceptance.take(caller, events, [(1, msgspec.json.encode(document))])
        if isinstance(taken, Problem):
            return await self._refused(visit, taken)
        await self._inviting.used(invitation.id)
        if taken.claim_code is not None:
            visit.session.put(claim=taken.claim_code)
        return visit.see_other("/invitation/result")

    async def _refused(self, visit: Visit, problem: Problem) -> web.Response:
        if problem.kind != CODE_NEEDED:
            return await super()._refused(visit, problem)
        visit.form = visit.form.wrong(said(visit, {"claim": CODE_NEEDED}))
        return await self._shown(visit, self.steps[-1])

    async def _opened(self, visit: Visit) -> Opened:
        opened = await self._inviting.opened(visit.session.get(_CODE) or "")
        if opened is None:
            raise NotEntered
        return opened

    async def _is_open(self, opened: Opened) -> bool:
        """Whether the form may still be handed in."""
        return opened.external_id is not None and not await self._reading.is_known(opened.invitation.id)
