"""Render the review of an income for a terminal: the year, stress, ranges, what helps, and what to aim at."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from schemas.currency import decimals
from services.methodology.wording import Wording

Document = dict[str, Any]


def income_report(said: Wording, told: Document) -> Group:
    """``Version.income`` as a page for the terminal."""
    worst = _case(said, told["worst_case"])
    lowest = said.money(told["worst_case"]["lowest_balance"], told["currency"])
    parts: list[RenderableType] = [_year(said, told), Text(_spread(said, told), style="dim"), Text()]
    parts += [_cases(said, told), Text(said.says("income.worst", case=worst, lowest=lowest)), Text()]
    if told["ranges"]:
        parts += [_ranges(said, told), Text(said.says("income.ranges_note"), style="dim"), Text()]
    parts += [_helps(said, told), Text(said.says("income.helps_note"), style="dim"), Text(), _target(said, told)]
    return Group(*parts)


def _case(said: Wording, case: Document) -> str:
    return said.text(f"case.{case['id']}").format(source=case.get("source") or "")


def _year(said: Wording, told: Document) -> Table:
    """Month by month what is certain, what may come by negotiation, and what is left."""
    open_talks = any(month["uncertain"] for month in told["cover"])
    columns = ("month", "income", *(["uncertain"] if open_talks else []), "cover", "balance")
    cover = said.table(said.says("income.year", currency=told["currency"]), columns, numbers=range(1, len(columns)))
    for month in told["cover"]:
        income, uncertain, balance = (
            said.amount(month[name], told["currency"]) for name in ("income", "uncertain", "balance")
        )
        row = (month["month"], income, *([uncertain] if open_talks else []), said.percent(month["cover"]), balance)
        cover.add_row(*row)
    return cover


def _spread(said: Wording, told: Document) -> str:
    """How much hangs on one source: shown, and never scored."""
    found = told["diagnostics"]
    largest = said.decimal(f"{found['largest_per_mille'] // 10}.{found['largest_per_mille'] % 10}")
    hundredths = found["effective_sources_hundredths"]
    effective = said.decimal(f"{hundredths // 100}.{hundredths % 100:02d}")
    return said.says("income.diagnostics", largest=largest, effective=effective)


def _cases(said: Wording, told: Document) -> Table:
    stress = said.table(said.says("income.cases"), ("case", "lowest", "exhausted"), numbers=[1])
    for case in told["cases"]:
        lowest = said.money(case["lowest_balance"], told["currency"])
        stress.add_row(_case(said, case), lowest, case["exhausted"] or said.says("income.never"))
    return stress


def _ranges(said: Wording, told: Document) -> Table:
    """The lowest balance in the drawn years, where chance has a part."""
    table = said.table(said.says("income.ranges"), ("case", "p5", "p50", "p95", "draws"), numbers=range(1, 5))
    for one in told["ranges"]:
        lowest = [said.money(one["lowest_balance"][part], told["currency"]) for part in ("5", "50", "95")]
        short = said.says("income.draws", short=one["draws_with_shortfall"], draws=one["draws"])
        table.add_row(said.says(f"range.{one['id']}"), *lowest, short)
    return table


def _helps(said: Wording, told: Document) -> Table:
    helps = said.table(said.says("income.helps"), ("what", "much", "each", "then"), numbers=[2, 3])
    for one in told["helps_most"]:
        gain = per_hundred(one, told["currency"])
        each = said.says("income.free") if gain is None else said.money(gain, told["currency"])
        then = said.money(one["worst_balance_after"], told["currency"])
        helps.add_row(said.says(f"help.{one['id']}"), _much(said, one, told["currency"]), each, then)
    return helps


def per_hundred(help_: Document, currency: str) -> int | None:
    """What a hundred of the currency does for the worst balance, in minor units, floored; none where it is free."""
    parts: int | None = help_["gain_per_money"]
    return None if parts is None else parts * 10 ** decimals(currency) // 100


def _much(said: Wording, one: Document, currency: str) -> str:
    if one["id"] == "notice":
        return said.months(one["amount"])
    amount = said.money(one["amount"], currency)
    return said.says("help.monthly", amount=amount) if one["id"] == "source" else amount


def _target(said: Wording, told: Document) -> Table:
    """What to aim at, line by line: amounts of money, and months for what is about one source."""
    target = said.table(said.says("income.target"), ("line", "now", "target", "why"))
    for line in told["target_portfolio"]:
        kind, _, source = line["id"].partition(".")
        shown = [
            said.months(line[name]) if source else said.money(line[name], told["currency"])
            for name in ("now", "target")
        ]
        target.add_row(f"{said.says(f'aim.{kind}')} {source}".rstrip(), *shown, line["reason"])
    return target
