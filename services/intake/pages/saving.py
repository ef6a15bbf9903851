"""Save and go on later: what is asked before anything is kept, the claim code, and the way back by it."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from infra.http.attempts import Attempts
from infra.http.problems import Problem
from infra.pages.form import Form
from infra.pages.visit import Visit
from schemas.draft import Unfinished
from schemas.privacy_notice import NEWEST
from services.intake.handing_in.drafts import Agreed, Drafts
from services.intake.pages.entrance import A_NEW_ONE_AFTER_SECONDS, ATTEMPTS, take
from services.intake.pages.filled import draft_mistakes
from services.intake.pages.mistakes import said
from services.intake.pages.questions import STEPS, answered, carried

_TOKEN = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Resumed:
    """A draft as it was left."""

    step: str
    form: Form


class Saving:
    """What the assessment does with drafts."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts
        self._attempts = Attempts(ATTEMPTS, A_NEW_ONE_AFTER_SECONDS)

    def ask(self, visit: Visit) -> web.Response:
        """Age, notice and agreement; nothing is kept yet."""
        return self._page(visit, "save", secrets.token_hex(16), "keep")

    async def keep(self, visit: Visit, answers: dict[str, Any]) -> web.Response:
        """Keep the draft and show its claim code; the same page sent again keeps it for the same person.

        `answers` are what of the form is one.
        """
        token = visit.form.get("token")
        mistakes = draft_mistakes(visit.form)
        if mistakes or not _TOKEN.fullmatch(token):
            visit.form = visit.form.wrong(said(visit, mistakes))
            return self.ask(visit)
        unfinished = Unfinished(_step(visit.form.get("step")), answered(visit.form), answers)
        try:
            claim = await self._drafts.save(
                unfinished, Agreed(NEWEST, visit.language), token, visit.form.get("claim")[:200] or None
            )
        except Problem as problem:
            if problem.status != 403:
                raise
            visit.form = visit.form.wrong(said(visit, {"claim": "draft-claim"}))
            return self.ask(visit)
        visit.form = visit.form.taking({"claim": [claim]})
        return self._page(visit, "saved", token, "stay")

    async def resume(self, visit: Visit) -> Resumed | None:
        """The draft of the claim code in the form; None, with the mistake said, where there is none."""
        claim, address = visit.form.get("claim")[:200], visit.address
        take(self._attempts, address)
        opened = await self._drafts.open(claim) if claim else None
        if opened is None:
            visit.form = visit.form.wrong(said(visit, {"claim": "no-draft"}))
            return None
        self._attempts.give_back(address)
        return Resumed(_step(opened.step), Form({**opened.form, "claim": [claim]}))

    def _page(self, visit: Visit, name: str, token: str, on_enter: str) -> web.Response:
        return visit.page(
            f"assessment/{name}.html",
            step=_step(visit.form.get("step")),
            carried=carried(visit.form, "save"),
            token=token,
            keeps_form="answers",
            on_enter=on_enter,
        )


def _step(given: str) -> str:
    return given if given in STEPS else STEPS[0]
