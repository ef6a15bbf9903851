"""A portfolio to aim at, each line with its reason: what is there, what would be right, and why."""

from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.advice.cash import MONTHS, TALKS_MONTHS, Household
from services.methodology.v1.advice.relief import worst
from services.methodology.v1.advice.stress import Case
from services.methodology.v1.text import texts

Document = dict[str, Any]
Words = dict[str, str]

NOTICE_MONTHS = 3


def _line(name: str, now: int, target: int, reason: str) -> Document:
    return {"id": name, "now": now, "target": target, "missing": max(0, target - now), "reason": reason}


def _other_sources(household: Household, words: Words) -> Document:
    amounts = sorted(source.amount(1) for source in household.sources)
    return _line(
        "other_sources",
        sum(amounts[:-1]),
        household.expenses,
        words["portfolio.other_sources"],
    )


def _reserve(household: Household, found: list[Case], words: Words) -> Document:
    case = worst(found)
    needed = household.reserve + case.year.shortfall
    usual = d.RESERVE_MONTHS * household.expenses
    if needed > usual:
        name = words[f"case.{case.id}"].format(source=case.source)
        return _line("reserve", household.reserve, needed, words["portfolio.reserve_worst"].format(case=name))
    return _line("reserve", household.reserve, usual, words["portfolio.reserve_usual"])


def _notices(household: Household, words: Words) -> list[Document]:
    return [
        _line(
            f"notice.{source.id}",
            source.notice,
            NOTICE_MONTHS,
            words["portfolio.notice"],
        )
        for source in household.sources
        if source.held and source.monthly and source.notice < NOTICE_MONTHS
    ]


def _talks(months: int, words: Words) -> str:
    """When to begin to talk about a contract that ends in so many months."""
    if months > TALKS_MONTHS:
        return words["portfolio.renewal"].format(months=months, before=TALKS_MONTHS)
    if months > 1:
        return words["portfolio.renewal_soon"].format(months=months)
    return words["portfolio.renewal_next_month" if months else "portfolio.renewal_this_month"]


def _renewals(household: Household, words: Words) -> list[Document]:
    """Contracts that end within the year, with the months left to talk about them."""
    return [
        _line(f"renewal.{source.id}", source.ends, source.ends + MONTHS, _talks(source.ends, words))
        for source in household.sources
        if source.ends is not None and source.ends <= MONTHS and source.renewal != "automatic"
    ]


def target_portfolio(household: Household, found: list[Case], language: str = "en") -> list[Document]:
    """Other sources, reserve, notice and renewals, in this order."""
    words = texts(language)
    return [
        _other_sources(household, words),
        _reserve(household, found, words),
        *_notices(household, words),
        *_renewals(household, words),
    ]
