"""What would help most: each added source, reserve or longer notice, by what it does to the worst case. Exact."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from services.methodology.v1.advice.cash import MONTHS, Household, Source
from services.methodology.v1.advice.stress import Case, cases

Document = dict[str, Any]

RESERVE_MONTHS = (1, 3, 6)
SOURCE_PERCENT = (10, 25, 50)
NOTICE_MONTHS = (1, 3)
ADDED = "added"


def worst(found: list[Case]) -> Case:
    """The case with the lowest balance, the first of equal ones."""
    return min(found, key=lambda case: case.year.lowest)


def _options(household: Household) -> Iterator[tuple[str, int, int, Household]]:
    """``(what, how much, money over the year, the household with it)``."""
    expenses = household.expenses
    for months in RESERVE_MONTHS:
        amount = months * expenses
        yield "reserve", amount, amount, replace(household, reserve=household.reserve + amount)
    for percent in SOURCE_PERCENT:
        amount = -(-expenses * percent // 100)
        source = Source(ADDED, "product", amount, 1, None, 0, "none", True)
        yield "source", amount, amount * MONTHS, replace(household, sources=(*household.sources, source))
    for months in NOTICE_MONTHS:
        longer = tuple(replace(one, notice=one.notice + months) if one.held else one for one in household.sources)
        if longer != household.sources:
            yield "notice", months, 0, replace(household, sources=longer)


def relief(household: Household) -> list[Document]:
    """Every option with the worst case before and after, the largest help first; of equal ones the cheaper."""
    before = worst(cases(household)).year.lowest
    told = []
    for what, amount, over_the_year, helped in _options(household):
        after = worst(cases(helped))
        told.append(
            {
                "id": what,
                "amount": amount,
                "money_over_the_year": over_the_year,
                "worst_balance_before": before,
                "worst_balance_after": after.year.lowest,
                "gain": after.year.lowest - before,
                "worst_case_after": {"id": after.id, "source": after.source},
            }
        )
    return sorted(told, key=lambda one: (-one["gain"], one["money_over_the_year"], one["id"], one["amount"]))
