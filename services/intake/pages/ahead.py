"""What may come and what can be done: outlook, plan, what if, the smallest change."""

import asyncio
from functools import partial
from typing import Any

from aiohttp import web

from infra.pages.site import Site
from infra.pages.visit import Visit
from services.intake.advice import answers as advice
from services.intake.market_signals import MarketSignals
from services.intake.pages.bundles import bundled
from services.intake.pages.mistakes import said
from services.intake.pages.outlook import activities, exposure_fan, half_lives, market, shortfalls
from services.intake.pages.own import Own
from services.intake.pages.planned import planned, without_step
from services.intake.pages.result import ASSESSMENT
from services.intake.pages.sample import drawn
from services.intake.pages.smallest import smallest
from services.intake.pages.what_if import changed, sliders, verdict
from services.methodology.source import manifest
from services.methodology.wording import Wording

Document = dict[str, Any]
MOST_POINTS = 100


class AheadPages:
    """The handlers."""

    def __init__(self, site: Site, own: Own, signals: MarketSignals) -> None:
        self._site = site
        self._own = own
        self._signals = signals

    def table(self) -> list[web.RouteDef]:
        """All routes; what is asked comes in a body, for goals are personal."""
        asked = {
            "plan": self.plan,
            "what-if": self.what_if,
            "smallest-change": self.smallest_change,
        }
        entered = self._own.entered
        routes = [self._site.get(f"{ASSESSMENT}/outlook", entered(self.outlook))]
        for name, draw in asked.items():
            routes += [make(f"{ASSESSMENT}/{name}", entered(draw)) for make in (self._site.get, self._site.post)]
        return routes

    async def outlook(self, visit: Visit) -> web.Response:
        """Exposure in named scenarios, and what stays current of each skill."""
        opened = await self._own.opened(visit, "outlook")
        told = await asyncio.to_thread(opened.version.forecast, opened.answers)
        words = Wording(opened.version, visit.language)
        signals = opened.version.signals(await self._signals.listed(), visit.language)
        return visit.page(
            "result/outlook.html",
            opened=opened,
            fan=exposure_fan(visit, told["exposure"]),
            activities=activities(visit, words, told["exposure"]),
            skills=half_lives(visit, opened.version, told["obsolescence"]),
            shortfalls=shortfalls(visit, words, told["obsolescence"]),
            market=market(visit, signals),
            fading=told["obsolescence"],
            sources=manifest(),
        )

    async def plan(self, visit: Visit) -> web.Response:
        """What to learn in the hours there are, and what each step adds."""
        opened = await self._own.opened(visit, "plan")
        hours, months = self._numbers(visit)
        told = await asyncio.to_thread(opened.version.plan, opened.answers, hours, months, visit.language)
        best, words = told["plan"], Wording(opened.version, visit.language)
        return visit.page(
            "result/plan.html",
            opened=opened,
            sources=manifest(),
            told=told,
            planned=planned(visit, words, best) if best["steps"] else None,
            without_step=without_step(visit, told),
            bundled=partial(bundled, visit, words),
            hours=hours,
            months=months,
        )

    async def what_if(self, visit: Visit) -> web.Response:
        """The score as it would be with other habits and skills."""
        opened = await self._own.opened(visit, "what-if")
        answers = changed(opened.answers, visit.form)
        scored = await asyncio.to_thread(opened.version.score, answers)
        return visit.page(
            "result/what-if.html",
            opened=opened,
            before=opened.result["points"],
            after=scored.result(),
            verdict=verdict(opened.detail, scored.detail()),
            score=drawn(visit, scored.result()["points"]),
            sliders=sliders(opened.version, answers, visit.language),
            sources=manifest(),
        )

    async def smallest_change(self, visit: Visit) -> web.Response:
        """The smallest change that reaches a score, with the proof that no smaller one does."""
        opened = await self._own.opened(visit, "counterfactual")
        asked = _target(visit)
        told = await asyncio.to_thread(advice.counterfactual, opened.version, opened.answers, asked, visit.language)
        return visit.page(
            "result/smallest-change.html",
            opened=opened,
            sources=manifest(),
            told=told,
            smallest=smallest(visit, Wording(opened.version, visit.language), told),
        )

    def _numbers(self, visit: Visit) -> tuple[int, int]:
        """Hours a month and months; what does not fit is said beside its field."""
        found, mistakes = [], {}
        bounds = (("hours", 200, advice.HOURS_PER_MONTH), ("months", 60, advice.MONTHS))
        for name, most, usual in bounds:
            given = visit.form.get(name, str(usual))
            fits = given.isascii() and given.isdecimal() and len(given) <= 3 and 1 <= int(given) <= most
            found.append(int(given) if fits else usual)
            if not fits:
                mistakes[name] = "whole"
        visit.form = visit.form.wrong(said(visit, mistakes))
        return found[0], found[1]


def _target(visit: Visit) -> Document:
    """The score to be reached in whole points; none: the nearest that is told as a rise."""
    given = visit.form.get("target")
    if not given:
        return {}
    if given.isascii() and given.isdecimal() and len(given) <= 3 and int(given) <= MOST_POINTS:
        return {"target": int(given)}
    visit.form = visit.form.wrong(said(visit, {"target": "whole"}))
    return {}
