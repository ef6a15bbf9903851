"""Twelve months of income against expenses: sources with their contracts, and the balance that is left."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from services.methodology.finding import Finding
from services.methodology.v1.advice.month import number
from services.methodology.v1.check import Wrong
from services.methodology.v1.text import finding

Document = dict[str, Any]

MONTHS = 12
TALKS_MONTHS = 3
"""So long before the end of a contract that does not renew itself one should begin to talk about what follows."""
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Source:
    """One source; ``starts`` and ``ends`` count months from ``as_of`` (1 is the first month ahead), ``ends`` is
    ``None`` where nothing ends it.
    """

    id: str
    kind: str
    monthly: int
    starts: int
    ends: int | None
    notice: int
    renewal: str
    paid_when_ill: bool

    @property
    def held(self) -> bool:
        """Whether another party can end it: employment and contracts."""
        return self.kind in ("employment", "contract")

    def amount(self, month: int) -> int:
        """What is certain in a month: an automatic renewal goes on, a negotiated one is not counted."""
        if month < self.starts or (self.ends is not None and month > self.ends and self.renewal != "automatic"):
            return 0
        return self.monthly

    def until(self, month: int) -> "Source":
        """The same source with nothing after a month."""
        ends = month if self.ends is None or self.renewal == "automatic" else min(month, self.ends)
        return replace(self, ends=ends, renewal="none")


@dataclass(frozen=True, slots=True)
class Household:
    """Sources, monthly expenses (at least 1) and reserve, in minor units of one currency."""

    sources: tuple[Source, ...]
    expenses: int
    reserve: int

    def income(self, month: int) -> int:
        return sum(source.amount(month) for source in self.sources)


@dataclass(frozen=True, slots=True)
class Year:
    """Income of the next twelve months and the balance at the end of each, all surplus kept."""

    incomes: tuple[int, ...]
    balances: tuple[int, ...]

    @property
    def lowest(self) -> int:
        return min(self.balances)

    @property
    def shortfall(self) -> int:
        """What the reserve lacks in the worst month."""
        return max(0, -self.lowest)

    @property
    def exhausted(self) -> int | None:
        """The first month in which the reserve does not suffice."""
        return next((month for month, balance in enumerate(self.balances, 1) if balance < 0), None)


def year(household: Household, incomes: list[int] | None = None) -> Year:
    """The balances under these incomes, or under those that are certain."""
    if incomes is None:
        incomes = [household.income(month) for month in range(1, MONTHS + 1)]
    balances, balance = [], household.reserve
    for income in incomes:
        balance += income - household.expenses
        balances.append(balance)
    return Year(tuple(incomes), tuple(balances))


def _source(told: Document, now: int) -> Source:
    contract = told.get("contract", {})
    return Source(
        told["id"],
        told["kind"],
        told["monthly"],
        number(contract["starts"]) - now if "starts" in contract else 0,
        number(contract["ends"]) - now if "ends" in contract else None,
        contract.get("notice_months", 0),
        contract.get("renewal", "none"),
        told.get("paid_when_ill", told["kind"] != "contract"),
    )


def household(document: Document) -> Household:
    """From a document of the form ``schemas.income.Income``; sources in the order of their ids."""
    now = number(document["as_of"])
    sources = sorted((_source(told, now) for told in document["sources"]), key=lambda source: source.id)
    return Household(tuple(sources), document["expenses"], document["reserve"])


def _wrong(document: Document) -> Iterator[Wrong]:
    """What the form cannot say: an id twice, a contract that ends before it starts or has ended."""
    met: set[str] = set()
    for place, told in enumerate(document["sources"]):
        path, source = f"sources.{place}", told["id"]
        if source in met:
            yield Wrong(f"{path}.id", "given_twice.source", {"source": source})
        met.add(source)
        contract = told.get("contract", {})
        ends = contract.get("ends", "9999-12")
        if ends < contract.get("starts", "0000-01"):
            yield Wrong(f"{path}.contract.ends", "ends_before_start", {"source": source, "month": ends})
        elif ends < document["as_of"]:
            yield Wrong(f"{path}.contract.ends", "ended", {"source": source, "month": ends})


def findings(document: Document, language: str = "en") -> list[Finding]:
    """All that is wrong with a document of the right form, in its order; empty where it can be counted."""
    return [finding(one, language) for one in _wrong(document)]
