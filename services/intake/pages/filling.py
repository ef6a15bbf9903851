"""The pages of one form by which an assessment is filled in: its answers travel in it until it is handed in."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aiohttp import web

from infra.clock import now
from infra.http.problems import Problem
from infra.pages.form import Form
from infra.pages.site import Site
from infra.pages.visit import Visit
from services.intake.handing_in.acceptance import Acceptance
from services.intake.pages import filled as forms
from services.intake.pages.mistakes import said
from services.intake.pages.questions import (
    AGES,
    MOST_OCCUPATIONS,
    STEPS,
    carried,
    codes,
    mixes,
    part,
    unanswered,
)
from services.intake.results.loop import Arrivals
from services.intake.results.reading import Reading
from services.methodology.search import LONGEST_QUERY, search
from services.methodology.version import Version

FOUND = 8
SCORED_WITHIN_SECONDS = 15.0
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a form is handed in: what it asks comes from the version, and its result from whoever scores it."""

    site: Site
    version: Version
    acceptance: Acceptance
    reading: Reading
    arrivals: Arrivals


class Filling(ABC):
    """The handlers.

    The form lies at `place` and has the pages `steps`, of which the last one hands in; each offers to save where one
    `may_save`, and the first to name an occupation that is aimed at and not had, where one `may_aim`.
    """

    place = "/assessment"
    steps: Sequence[str] = STEPS
    may_save = False
    may_aim = True
    done = "/result"
    """Where the result is, once the form is handed in."""

    def __init__(self, desk: Desk) -> None:
        self._site = desk.site
        self._version = desk.version
        self._acceptance = desk.acceptance
        self._reading = desk.reading
        self._arrivals = desk.arrivals
        self._known = {one.code for one in desk.version.occupations()}

    async def begin(self, visit: Visit) -> web.Response:
        """The first page of the form."""
        return await self._shown(visit, self.steps[0])

    async def go(self, visit: Visit) -> web.Response:
        """Whatever a page's buttons ask for: search, add, remove, back, next, hand in, or the other language."""
        visit.form = self._sound(visit)
        step = visit.form.get("step")
        step = step if step in self.steps else self.steps[0]
        verb, _, what = visit.form.get("go").partition(":")
        match verb:
            case "add" if what in self._known:
                added = [*visit.form.every("occupation"), what]
                visit.form = visit.form.taking({"occupation": added[-MOST_OCCUPATIONS:], "q": [""]})
            case "remove":
                visit.form = visit.form.taking({"occupation": [one for one in codes(visit.form) if one != what]})
            case "back":
                step = self.steps[max(0, self.steps.index(step) - 1)]
            case "next":
                visit.form = visit.form.wrong(self._mistakes(visit, step))
                step = step if visit.form.mistakes else self._after(step)
            case "hand-in":
                return await self._hand_in(visit)
            case _:
                return await self._otherwise(visit, verb, step)
        return await self._shown(visit, step)

    def _after(self, step: str) -> str:
        return self.steps[min(len(self.steps) - 1, self.steps.index(step) + 1)]

    async def _otherwise(self, visit: Visit, verb: str, step: str) -> web.Response:
        """What else this form's buttons ask for; in another language one stays where one is."""
        return await self._shown(visit, step)

    def _sound(self, visit: Visit) -> Form:
        """The form with those occupations only that the version knows."""
        return visit.form.taking({"occupation": [code for code in codes(visit.form) if code in self._known]})

    def _mistakes(self, visit: Visit, step: str) -> Mapping[str, str]:
        form = visit.form
        found: Mapping[str, str] = {}
        match step:
            case "occupation":
                found = forms.share_mistakes(form)
            case "skills":
                found = forms.pause_mistakes(form)
            case "income":
                found = forms.income_mistakes(form)
            case _ if step == self.steps[-1]:
                found = {**self._missing(form), **forms.filled(form, self._asked(visit), month()).mistakes}
        return said(visit, found)

    def _missing(self, form: Form) -> Mapping[str, str]:
        """What the last page asks for before answers may be handed in."""
        return forms.consent_mistakes(form)

    def _asked(self, visit: Visit) -> Document:
        return questionnaire(self._version, codes(visit.form), visit.language)

    async def _shown(self, visit: Visit, step: str) -> web.Response:
        form = visit.form
        chosen = [(code, self._version.name(code, visit.language)) for code in codes(form)]
        if not chosen:
            step = self.steps[0]
        common: Document = {
            "step": step,
            "place": self._lies_at(visit),
            "done": self.done,
            "steps": self.steps,
            "attribution": self._version.attribution(visit.language),
            "chosen": chosen,
            "may_save": self.may_save,
            "may_aim": self.may_aim,
            "carried": carried(form, step),
            "keeps_form": "answers",
            "ages": AGES,
            "on_enter": {"occupation": "search", self.steps[-1]: "hand-in"}.get(step, "next"),
        }
        if step == "occupation":
            return visit.page("assessment/occupation.html", **common, **await self._found(visit))
        asked = self._asked(visit)
        values: Document = {name: list(part(asked, name)) for name in ("skills", "knowledge", "behaviours")}
        if step == "tasks":
            (values["activities"],) = part(asked, "activities")
            values["mixes"] = mixes(asked, form)
        values["unanswered"] = unanswered(asked, form)
        values |= {"asked": asked, "currencies": forms.currencies(form, "i:currency"), **self._beside(visit)}
        return visit.page(f"assessment/{step}.html", **common, **values)

    def _lies_at(self, visit: Visit) -> str:
        return self.place

    def _beside(self, visit: Visit) -> Document:
        """What the pages show besides questions."""
        return {}

    async def _found(self, visit: Visit) -> Document:
        query = visit.form.get("q")[:LONGEST_QUERY]
        found = await asyncio.to_thread(search, query, FOUND, visit.language) if query else []
        notes = {one.code: self._version.text(f"status.{one.status}", visit.language) for one in found}
        return {"query": query, "found": found, "notes": notes, "room": len(codes(visit.form)) < MOST_OCCUPATIONS}

    async def _hand_in(self, visit: Visit) -> web.Response:
        self._acceptance.admission.open()
        if mistakes := self._mistakes(visit, self.steps[-1]):
            visit.form = visit.form.wrong(mistakes)
            return await self._shown(visit, self.steps[-1])
        return await self._handed_in(visit)

    @abstractmethod
    async def _handed_in(self, visit: Visit) -> web.Response:
        """Hand in what has no mistakes."""

    async def _refused(self, visit: Visit, problem: Problem) -> web.Response:
        """A refusal keeps the answers on the page."""
        if problem.status == 403 and visit.form.get("claim"):
            mistakes = {"claim": "claim"}
        elif problem.status == 422:
            mistakes = {"hand-in": "answers"}
        else:
            raise problem
        visit.form = visit.form.wrong(said(visit, mistakes))
        return await self._shown(visit, self.steps[-1])


@lru_cache(maxsize=256)
def questionnaire(version: Version, chosen: tuple[str, ...], language: str) -> Document:
    """The questionnaire of some occupations; the same for everybody, so it is made once."""
    return version.questionnaire(*chosen, profile="core+income", language=language)


def month() -> str:
    """The month in which answers are handed in."""
    return now().strftime("%Y-%m")
