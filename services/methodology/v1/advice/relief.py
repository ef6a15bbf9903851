"""What would help most: each added source, reserve or longer notice, by what it does to the worst case. Exact.

Amounts are compared as equal money over the year: one, three and six months of expenses, put aside at once or
earned in twelve parts. What money does for the worst balance is told for each unit of it (``gain_per_money``, parts
of 10,000), and by that the options are ranked: a larger one would help more by its size alone. Money put aside always
counts in full; money still to be earned counts for as much of it as comes before the worst month. Of equal ones the
source goes first, because it goes on when the year is over. Notice costs no money, and goes before all where it
helps.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from services.methodology.v1.advice.cash import MONTHS, WHOLE, Household, Source
from services.methodology.v1.advice.stress import Case, cases

Document = dict[str, Any]

EXPENSES_MONTHS = (1, 3, 6)
"""The equal sums of money, in months of expenses."""
NOTICE_MONTHS = (1, 3)
ADDED = "added"
KINDS = ("notice", "source", "reserve")


@dataclass(frozen=True, slots=True)
class Option:
    """``amount`` is money, or months of notice; ``money`` is what it takes over the year."""

    kind: str
    amount: int
    money: int
    helped: Household


def worst(found: list[Case]) -> Case:
    """The case with the lowest balance, the first of equal ones."""
    return min(found, key=lambda case: case.year.lowest)


def _options(household: Household) -> Iterator[Option]:
    for months in NOTICE_MONTHS:
        longer = tuple(replace(one, notice=one.notice + months) if one.held else one for one in household.sources)
        if longer != household.sources:
            yield Option("notice", months, 0, replace(household, sources=longer))
    for months in EXPENSES_MONTHS:
        amount = -(-household.expenses * months // MONTHS)
        money = amount * MONTHS
        source = Source(ADDED, "product", amount, 1, None, 0, "none", True)
        yield Option("source", amount, money, replace(household, sources=(*household.sources, source)))
        yield Option("reserve", money, money, replace(household, reserve=household.reserve + money))


def _rank(told: Document) -> tuple[int, ...]:
    """Free help first, then by unit of money; what does not help is last."""
    free = told["money_over_the_year"] == 0
    each = -told["gain"] if free else -told["gain_per_money"]
    return (not told["gain"], not free, each, KINDS.index(told["id"]), told["amount"])


def relief(household: Household, before: Case) -> list[Document]:
    """Every option with the worst case ``before`` and after, ranked by what equal money does."""
    told = []
    for option in _options(household):
        after = worst(cases(option.helped))
        gain = after.year.lowest - before.year.lowest
        told.append(
            {
                "id": option.kind,
                "amount": option.amount,
                "money_over_the_year": option.money,
                "worst_balance_before": before.year.lowest,
                "worst_balance_after": after.year.lowest,
                "gain": gain,
                "gain_per_money": WHOLE * gain // option.money if option.money else None,
                "worst_case_after": {"id": after.id, "source": after.source},
            }
        )
    return sorted(told, key=_rank)
