"""What may come and what can be done: outlook, plan, what if, ways to other occupations, income."""

import asyncio
from typing import Any

from aiohttp import web

from infra.charts.chart import Caption, Chart
from infra.charts.lines import Line, lines
from infra.charts.scale import ticks
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
KINDS = ("employment", "contract", "product", "capital", "benefit")
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
        asked = {"plan": self.plan, "what-if": self.what_if, "paths": self.paths, "income": self.income}
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

    async def income(self, visit: Visit) -> web.Response:
        """How an income holds over twelve months, where one was given."""
        opened = await self._own.opened(visit, "income")
        kinds = [visit.form.get(name) for name in ("largest", "others")]
        document = _income(opened.answers, [one if one in KINDS else KINDS[0] for one in kinds])
        if document is None:
            return visit.page("result/no-income.html", opened=opened)
        told = await asyncio.to_thread(opened.version.income, document, visit.language)
        return visit.page(
            "result/income.html",
            opened=opened,
            told=told,
            document=document,
            kinds=KINDS,
            cover=_cover(visit, told),
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


def _income(answers: Document, kinds: list[str]) -> Document | None:
    """The document of a review from the answers' few figures; None where too few were given."""
    given = answers.get("income", {})
    if not {"largest_source", "expenses", "reserve"} <= given.keys() or not given["expenses"]:
        return None
    amounts = {"largest": given["largest_source"]}
    if given.get("sources_total", 0) > given["largest_source"]:
        amounts["others"] = given["sources_total"] - given["largest_source"]
    sources = [
        {"id": name, "kind": kind, "monthly": amount}
        for (name, amount), kind in zip(amounts.items(), kinds, strict=False)
    ]
    told = {name: given[name] for name in ("currency", "expenses", "reserve")}
    return {"as_of": answers["as_of"], **told, "sources": sources}


def _cover(visit: Visit, told: Document) -> Chart:
    """The reserve month by month, as it is and in the worst case."""
    _ = visit.says
    worst = told["worst_case"]
    chosen = [
        one for one in told["cases"] if (one["id"], one.get("source", "")) == (worst["id"], worst["source"] or "")
    ]
    cases = [told["cases"][0], *(one for one in chosen if one["id"] != "as_it_is")]
    names = [_("As it is"), _("The worst case")]
    balances = [_balances(told, one) for one in cases]
    drawn_lines = [
        Line(
            name,
            tuple(enumerate(balance)),
            tuple(visit.formats.money(balance[at], told["currency"]) for at in (0, 2, 5, 8, 11)),
        )
        for name, balance in zip(names, balances, strict=False)
    ]
    every = [0, *(one for balance in balances for one in balance)]
    low, high = min(every) // 100, max(every) // 100 + 1
    marked = [100 * one for one in ticks(low, high, 5)]
    values = sorted({min(every), *marked, max(every)} if len(marked) < 2 else {*marked})
    months = [one["month"] for one in told["cover"]]
    caption = Caption(
        "cover",
        _("What is left at the end of each month"),
        _("The reserve over the next twelve months, as things are and in the worst of the stress cases."),
        (_("Case"), *(visit.formats.short_month(months[at]) for at in (0, 2, 5, 8, 11))),
    )
    scale = [(one, visit.formats.number(one // 100_000) + " k") for one in _around(values, every)]
    moments = [(at, visit.formats.short_month(months[at])) for at in (0, 5, 11)]
    return lines(caption, drawn_lines, scale, moments)


def _around(values: list[int], every: list[int]) -> list[int]:
    """Marked values that also hold the lowest and the highest."""
    step = values[1] - values[0] if len(values) > 1 else 100_000
    while values[0] > min(every):
        values = [values[0] - step, *values]
    while values[-1] < max(every):
        values = [*values, values[-1] + step]
    return values


def _balances(told: Document, case: Document) -> list[int]:
    balance = told["cover"][0]["balance"] - told["cover"][0]["income"] + told["cover"][0]["expenses"]
    found = []
    for income, month in zip(case["incomes"], told["cover"], strict=True):
        balance += income - month["expenses"]
        found.append(balance)
    return found
