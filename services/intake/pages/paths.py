"""Occupations near one's own, and the shortest way to any other."""

import asyncio
from typing import Any

from aiohttp import web

from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.advice import RANKINGS
from schemas.faults import Faulty
from services.intake.advice import answers as advice
from services.intake.pages.neighbourhood import near, told_of, way_there
from services.intake.pages.own import Opened, Own
from services.intake.pages.result import ASSESSMENT
from services.methodology.search import LONGEST_QUERY, UNRATED, search
from services.methodology.source import manifest
from services.methodology.wording import Wording

Document = dict[str, Any]
SHOWN, FOUND = 8, 6
AIMS = 30
"""Occupations not yet in reach that are offered without a search."""


class PathPages:
    """The handler."""

    def __init__(self, site: Site, own: Own) -> None:
        self._site = site
        self._own = own

    def table(self) -> list[web.RouteDef]:
        """All routes; what is aimed at comes in a body, for goals are personal."""
        path, entered = f"{ASSESSMENT}/paths", self._own.entered
        return [self._site.get(path, entered(self.show)), self._site.post(path, entered(self.show))]

    async def show(self, visit: Visit) -> web.Response:
        """Occupations near by, as a map of ways; the way to one that was chosen, or what was found to choose from."""
        opened = await self._own.opened(visit, "paths")
        ranked = visit.form.get("ranked_by")
        ranked = ranked if ranked in RANKINGS else RANKINGS[0]
        question = {"ranked_by": ranked}
        told = await asyncio.to_thread(advice.qualification, opened.version, opened.answers, question, visit.language)
        groups = {name: told[name][:SHOWN] for name in ("now", "nearly")}
        aims = {one["code"]: one["title"] for one in (*groups["nearly"], *told["not_yet"][:AIMS])}
        aim = visit.form.get("to") or visit.form.get("aim")
        way = await _way(visit, opened, aim)
        if way is not None:
            aims.setdefault(aim, opened.version.name(aim, visit.language))
        words = Wording(opened.version, visit.language)
        return visit.page(
            "result/paths.html",
            opened=opened,
            aims=aims,
            aim=aim if way is not None else "",
            way=way,
            drawn=way_there(visit, opened, way["moves"]) if way and way["found"] else None,
            found=await _found(visit),
            sources=manifest(),
            ranked=ranked,
            told=told,
            groups=groups,
            map=near(visit, opened, groups),
            of=lambda one: told_of(visit, words, one),
        )


async def _found(visit: Visit) -> list[tuple[str, str]]:
    """Codes and titles of the occupations that the words in the form find, where there are figures of them."""
    query = visit.form.get("q")[:LONGEST_QUERY]
    found = await asyncio.to_thread(search, query, FOUND, visit.language) if query else []
    return [(one.code, one.title) for one in found if one.status != UNRATED]


async def _way(visit: Visit, opened: Opened, aim: str) -> Document | None:
    """The way to the occupation that is aimed at, in as many moves as make it shortest; None where none is told."""
    if not aim:
        return None
    asked = {"occupation": aim}
    try:
        return await asyncio.to_thread(advice.career_path, opened.version, opened.answers, asked, visit.language)
    except Faulty:
        visit.form = visit.form.wrong(
            {"q": visit.says("This occupation has too few figures for a way. Choose another.")}
        )
        return None
