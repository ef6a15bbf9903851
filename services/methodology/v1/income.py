"""Income resilience: other sources, reserve, covered months. No concentration and no volatility, both of
which would punish earning more."""

from typing import Any

from services.methodology.v1 import definition as d

SCORED = frozenset(("largest_source", "sources_total", "expenses", "reserve", "months_covered"))


class Inconsistent(KeyError):
    """Figures that cannot all be true; ``check`` names them."""


def consistent(income: dict[str, Any]) -> bool:
    """Expenses are at least 1, and the largest source is at most the sum of all."""
    total, largest = income.get("sources_total"), income.get("largest_source")
    return income.get("expenses") != 0 and (total is None or largest is None or largest <= total)


def answered(income: dict[str, Any] | None) -> dict[str, Any] | None:
    """The figures, where any that is scored was given; a currency or a number of sources alone is no answer."""
    return None if income is None or SCORED.isdisjoint(income) else income


def _share(part: int | None, whole: int | None) -> int:
    return -1 if part is None or whole is None else min(d.VALUE, d.VALUE * part // whole)


def income_values(income: dict[str, Any]) -> list[int]:
    """Values of the three items, -1 for what was left open. Raises ``Inconsistent``."""
    if not consistent(income):
        raise Inconsistent
    expenses, months = income.get("expenses"), income.get("months_covered")
    total, largest = income.get("sources_total"), income.get("largest_source")
    other = None if total is None or largest is None else total - largest
    needed = None if expenses is None else d.RESERVE_MONTHS * expenses
    return [_share(other, expenses), _share(income.get("reserve"), needed), _share(months, d.MONTHS_OF_YEAR)]
