"""A portfolio to aim at, each line with its reason: what is there, what would be right, and why."""

from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.advice.cash import MONTHS, Household
from services.methodology.v1.advice.relief import worst
from services.methodology.v1.advice.stress import Case

Document = dict[str, Any]

NOTICE_MONTHS = 3
TALKS_MONTHS = 3


def _line(name: str, now: int, target: int, reason: str) -> Document:
    return {"id": name, "now": now, "target": target, "missing": max(0, target - now), "reason": reason}


def _other_sources(household: Household) -> Document:
    amounts = sorted(source.amount(1) for source in household.sources)
    return _line(
        "other_sources",
        sum(amounts[:-1]),
        household.expenses,
        "Sources beside the largest that carry the expenses: then no single one can end what you live on.",
    )


def _reserve(household: Household, found: list[Case]) -> Document:
    case = worst(found)
    needed = household.reserve + case.year.shortfall
    usual = d.RESERVE_MONTHS * household.expenses
    if needed > usual:
        name = f"{case.id} of {case.source}" if case.source else case.id
        return _line(
            "reserve", household.reserve, needed, f"The worst case of twelve months ({name}) takes this much."
        )
    return _line(
        "reserve",
        household.reserve,
        usual,
        "Six months of expenses: more than the worst case of twelve months takes, and what the score counts in full.",
    )


def _notices(household: Household) -> list[Document]:
    return [
        _line(
            f"notice.{source.id}",
            source.notice,
            NOTICE_MONTHS,
            "Months of notice are paid months in which to find the next: ask for them at the next negotiation.",
        )
        for source in household.sources
        if source.held and source.monthly and source.notice < NOTICE_MONTHS
    ]


def _renewals(household: Household) -> list[Document]:
    """Contracts that end within the year, with the months left to talk about them."""
    return [
        _line(
            f"renewal.{source.id}",
            source.ends,
            source.ends + MONTHS,
            f"Ends in {source.ends} months and is not renewed by itself: begin to talk {TALKS_MONTHS} months before.",
        )
        for source in household.sources
        if source.ends is not None and source.ends <= MONTHS and source.renewal != "automatic"
    ]


def target_portfolio(household: Household, found: list[Case]) -> list[Document]:
    """Other sources, reserve, notice and renewals, in this order."""
    return [
        _other_sources(household),
        _reserve(household, found),
        *_notices(household),
        *_renewals(household),
    ]
