"""What may come and what can be done: outlook, plan, what if, ways to other occupations."""

import asyncio
from typing import Any

from aiohttp import web

from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.advice import RANKINGS
from services.intake.advice import answers as advice
from services.intake.pages.mistakes import said
from services.intake.pages.neighbourhood import near, way_there
from services.intake.pages.outlook import exposure_fan, half_lives
from services.intake.pages.own import Opened, Own
from services.intake.pages.result import ASSESSMENT, entered
from services.intake.pages.sample import drawn
from services.intake.pages.what_if import changed, sliders, verdict
from services.methodology.source import manifest

Document = dict[str, Any]
SHOWN = 8
AIMS = 30
"""Occupations not yet in reach to which a way is offered."""


class AheadPages:
    """The handlers."""

    def __init__(self, site: Site, own: Own) -> None:
        self._site = site
        self._own = own

    def table(self) -> list[web.RouteDef]:
        """All routes; what is asked comes in a body, for goals are personal."""
        asked = {"plan": self.plan, "what-if": self.what_if, "paths": self.paths}
        routes = [self._site.get(f"{ASSESSMENT}/outlook", entered(self.outlook))]
        for name, draw in asked.items():
            routes += [make(f"{ASSESSMENT}/{name}", entered(draw)) for make in (self._site.get, self._site.post)]
        return routes

    async def outlook(self, visit: Visit) -> web.Response:
        """Exposure in named scenarios, and what stays current of each skill."""
        opened = await self._own.opened(visit, "outlook")
        told = await asyncio.to_thread(opened.version.forecast, opened.answers)
        return visit.page(
            "result/outlook.html",
            opened=opened,
            fan=exposure_fan(visit, told["exposure"]),
            skills=half_lives(visit, opened.version, told["obsolescence"]),
            fading=told["obsolescence"],
            sources=manifest(),
        )

    async def plan(self, visit: Visit) -> web.Response:
        """What to learn in the hours there are, and what each step adds."""
        opened = await self._own.opened(visit, "plan")
        hours, months = self._numbers(visit)
        told = await asyncio.to_thread(opened.version.plan, opened.answers, hours, months, visit.language)
        return visit.page(
            "result/plan.html", opened=opened, sources=manifest(), told=told, hours=hours, months=months
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

    async def paths(self, visit: Visit) -> web.Response:
        """Occupations near by, as a map of ways."""
        opened = await self._own.opened(visit, "paths")
        ranked = visit.form.get("ranked_by")
        ranked = ranked if ranked in RANKINGS else RANKINGS[0]
        question = {"ranked_by": ranked}
        told = await asyncio.to_thread(advice.qualification, opened.version, opened.answers, question, visit.language)
        groups = {name: told[name][:SHOWN] for name in ("now", "nearly")}
        aims = {one["code"]: one["title"] for one in (*groups["nearly"], *told["not_yet"][:AIMS])}
        way = await _way(visit, opened, aims)
        return visit.page(
            "result/paths.html",
            opened=opened,
            aims=aims,
            way=way,
            drawn=way_there(visit, opened, way["moves"]) if way and way["found"] else None,
            sources=manifest(),
            ranked=ranked,
            told=told,
            groups=groups,
            map=near(visit, opened, groups),
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


async def _way(visit: Visit, opened: Opened, aims: Document) -> Document | None:
    """The way to the occupation that was aimed at, in as many moves as make it shortest; None where none was."""
    aim = visit.form.get("aim")
    if aim not in aims:
        return None
    return await asyncio.to_thread(
        advice.career_path, opened.version, opened.answers, {"occupation": aim}, visit.language
    )
