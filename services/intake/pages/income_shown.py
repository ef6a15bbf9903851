"""A review of an income as a page shows it: its months as a chart, tables of what may come and what helps. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from infra.charts.axes import Plane
from infra.charts.chart import Caption, Chart, Table
from infra.charts.lines import Line, lines
from infra.charts.scale import ticks
from infra.pages.visit import Visit
from schemas.currency import decimals
from services.methodology.income_report import per_hundred
from services.methodology.version import Version
from services.methodology.wording import Wording

Document = dict[str, Any]
_MARKED = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """`worst` and `spread` are sentences; `reminders` how many there are in the calendar."""

    cover: Chart
    worst: str
    spread: str
    cases: Table
    ranges: Table | None
    helps: Table
    target: Table
    reminders: int


def shown(visit: Visit, version: Version, told: Document, reserve: int, called: Callable[[str], str]) -> Shown:
    """`told` is of `Version.income`, `called` what a source is called."""
    words = _Words(visit, Wording(version, visit.language), told, called)
    return Shown(
        _cover(words, reserve),
        words.put("income.worst", case=words.case(told["worst_case"]), lowest=words.lowest(told["worst_case"])),
        _spread(words),
        _cases(words),
        _ranges(words) if told["ranges"] else None,
        _helps(words),
        _target(words),
        told["calendar"].count("BEGIN:VEVENT"),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """How this review is told to this visitor."""

    visit: Visit
    said: Wording
    told: Document
    called: Callable[[str], str]

    def put(self, key: str, **values: object) -> str:
        return self.said.says(key, **values)

    def money(self, minor: int) -> str:
        return self.visit.formats.money(minor, self.told["currency"])

    def lowest(self, case: Document) -> str:
        return self.money(case["lowest_balance"])

    def case(self, case: Document) -> str:
        source = case.get("source")
        words = self.said.text(f"case.{case['id']}").format(source=self.called(source) if source else "")
        return words[:1].upper() + words[1:]


def _cover(words: _Words, reserve: int) -> Chart:
    """The balance from the reserve on, as it is and in the worst case; beside it every month's figures."""
    _, visit, told = words.visit.says, words.visit, words.told
    worst = next(one for one in told["cases"] if _is(one, told["worst_case"]))
    usual = told["cases"][0]
    ways = [(_("As it is"), usual)] + ([(_("The worst case"), worst)] if worst is not usual else [])
    balances = [_balances(told, case, reserve) for _name, case in ways]
    drawn = [Line(name, tuple(enumerate(way)), ()) for (name, _case), way in zip(ways, balances, strict=True)]
    months = [one["month"] for one in told["cover"]]
    named = [(0, _("now")), *((at, visit.formats.short_month(months[at - 1])) for at in (6, 12))]
    caption = Caption(
        "cover",
        _("What is left at the end of each month"),
        _("The reserve over the next twelve months, as things are and in the worst of the stress cases."),
        (_("Month"), _("Income"), _("Uncertain"), _("Expenses"), _("Covered"), *(name for name, _case in ways)),
    )
    chart = lines(caption, drawn, Plane.of(_marks(words, balances), named, _("What is left")))
    rows = [
        (
            visit.formats.month(one["month"]),
            *(words.money(one[name]) for name in ("income", "uncertain", "expenses")),
            visit.formats.percent((one["cover"] + 50) // 100 * 10),
            *(words.money(way[at]) for way in balances),
        )
        for at, one in enumerate(told["cover"], 1)
    ]
    return replace(chart, table=Table(caption.head, tuple(rows)))


def _is(case: Document, worst: Document) -> bool:
    return case["id"] == worst["id"] and (case.get("source") or "") == (worst.get("source") or "")


def _balances(told: Document, case: Document, reserve: int) -> list[int]:
    expenses = [one["expenses"] for one in told["cover"]]
    return list(
        accumulate((income - spent for income, spent in zip(case["incomes"], expenses, strict=True)), initial=reserve)
    )


def _marks(words: _Words, balances: list[list[int]]) -> list[tuple[int, str]]:
    """Round amounts that hold the lowest and the highest of all, 0 among them."""
    every = [0, *(one for way in balances for one in way)]
    unit = 10 ** decimals(words.told["currency"])
    low, high = min(every) // unit, -(-max(every) // unit) + 1
    marked = ticks(low, high, _MARKED)
    step = marked[1] - marked[0] if len(marked) > 1 else high - low
    ends = range(-(-low // step) * step - (step if low % step else 0), high + step, step)
    return [(unit * one, words.money(unit * one)) for one in ends]


def _spread(words: _Words) -> str:
    found, formats = words.told["diagnostics"], words.visit.formats
    return words.put(
        "income.diagnostics",
        largest=formats.number(found["largest_per_mille"], 1),
        effective=formats.number(found["effective_sources_hundredths"], 2),
    )


def _cases(words: _Words) -> Table:
    _, month = words.visit.says, words.visit.formats.month
    rows = [
        (
            words.case(one),
            words.lowest(one),
            month(one["exhausted"]) if one["exhausted"] else _("never in twelve months"),
        )
        for one in words.told["cases"]
    ]
    return Table((_("Case"), _("Lowest balance"), _("Reserve used up")), tuple(rows))


def _ranges(words: _Words) -> Table:
    _ = words.visit.says
    rows = [
        (
            words.put(f"range.{one['id']}"),
            *(words.money(one["lowest_balance"][part]) for part in ("5", "50", "95")),
            words.put("income.draws", short=one["draws_with_shortfall"], draws=one["draws"]),
        )
        for one in words.told["ranges"]
    ]
    return Table((_("Case"), _("5 of 100"), _("Middle"), _("95 of 100"), _("Years that fall short")), tuple(rows))


def _helps(words: _Words) -> Table:
    _ = words.visit.says
    rows = [
        (
            words.put(f"help.{one['id']}"),
            _much(words, one),
            _("no money") if (gain := per_hundred(one, words.told["currency"])) is None else words.money(gain),
            words.money(one["worst_balance_after"]),
        )
        for one in words.told["helps_most"]
    ]
    return Table((_("What"), _("How much"), _("Per 100 of money"), _("Lowest balance then")), tuple(rows))


def _much(words: _Words, one: Document) -> str:
    if one["id"] == "notice":
        return words.said.months(one["amount"])
    amount = words.money(one["amount"])
    return words.put("help.monthly", amount=amount) if one["id"] == "source" else amount


def _target(words: _Words) -> Table:
    _ = words.visit.says
    rows = []
    for line in words.told["target_portfolio"]:
        kind, _dot, source = line["id"].partition(".")
        written = words.said.months if source else words.money
        name = words.put(f"aim.{kind}")
        name = f"{name[:1].upper()}{name[1:]}" + (f": {words.called(source)}" if source else "")
        rows.append((name, written(line["now"]), written(line["target"]), _named(words, line["reason"])))
    return Table((_("To aim at"), _("Now"), _("Then"), _("Why")), tuple(rows))


def _named(words: _Words, reason: str) -> str:
    """A reason in which sources are called as the person calls them; longer ids first, for one may begin another."""
    ids = {case["source"] for case in words.told["cases"] if case.get("source")}
    for source in sorted(ids, key=len, reverse=True):
        reason = reason.replace(source, words.called(source))
    return reason
