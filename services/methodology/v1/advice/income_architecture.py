"""How well an income holds: cover of each of the next twelve months, stress cases, what would help most.

It never changes a score. Amounts are minor units; all surplus is taken to be kept; taxes and prices are left as
they are.
"""

from typing import Any

from services.methodology.finding import Refused
from services.methodology.v1.advice.cash import WHOLE, Household, Year, findings, household, year
from services.methodology.v1.advice.month import later
from services.methodology.v1.advice.relief import relief, worst
from services.methodology.v1.advice.reminders import reminders
from services.methodology.v1.advice.stress import Case, cases, ranges
from services.methodology.v1.advice.target_portfolio import target_portfolio

Document = dict[str, Any]


def _cover(held: Household, found: Year, as_of: str) -> list[Document]:
    """``cover`` is income by expenses in parts of 10,000; ``uncertain`` would come if negotiations succeed."""
    told = []
    for month, (income, balance) in enumerate(zip(found.incomes, found.balances, strict=True), 1):
        possible = sum(
            source.monthly
            for source in held.sources
            if source.renewal == "negotiated" and source.ends is not None and month > source.ends
        )
        told.append(
            {
                "month": later(as_of, month),
                "income": income,
                "uncertain": possible,
                "expenses": held.expenses,
                "cover": WHOLE * income // held.expenses,
                "balance": balance,
            }
        )
    return told


def _case(case: Case, as_of: str) -> Document:
    out = case.year.exhausted
    return {
        "id": case.id,
        **({"source": case.source} if case.source else {}),
        "lowest_balance": case.year.lowest,
        "shortfall": case.year.shortfall,
        "exhausted": None if out is None else later(as_of, out),
        "incomes": list(case.year.incomes),
    }


def _diagnostics(held: Household) -> Document:
    """Shown, never scored: both would punish earning more."""
    amounts = [source.amount(1) for source in held.sources]
    whole, squares = sum(amounts), sum(amount**2 for amount in amounts)
    return {
        "largest_per_mille": 1000 * max(amounts) // whole if whole else 0,
        "effective_sources_hundredths": 100 * whole**2 // squares if squares else 0,
    }


def income_architecture(document: Document, language: str = "en") -> Document:
    """Of a document of the form ``schemas.income.Income``. Raises ``Refused`` with everything to put right."""
    found = findings(document, language)
    if found:
        raise Refused(found)
    held, as_of = household(document), document["as_of"]
    exact = cases(held)
    lowest = worst(exact)
    return {
        "as_of": as_of,
        "currency": document["currency"],
        "cover": _cover(held, year(held), as_of),
        "cases": [_case(case, as_of) for case in exact],
        "worst_case": {"id": lowest.id, "source": lowest.source, "lowest_balance": lowest.year.lowest},
        "ranges": ranges(held),
        "helps_most": relief(held, lowest),
        "target_portfolio": target_portfolio(held, exact, language),
        "diagnostics": _diagnostics(held),
        "calendar": reminders(document, language),
    }
