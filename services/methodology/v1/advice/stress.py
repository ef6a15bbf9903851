"""What if: the loss of any one client, employees replaced by contractors, a rate cut, two months of illness.

These cases are exact. Where chance has a part (is a contract renewed, how long is a gap) there is a range of
draws instead, from SHA-256 in counter mode with a fixed seed: the same document gives the same range.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import add
from struct import Struct
from typing import Any

from services.methodology.v1.advice.cash import MONTHS, Household, Source, Year, year
from services.methodology.v1.stream import Stream

Document = dict[str, Any]

RATE_LEFT_PERCENT = 80
ILLNESS_MONTHS = 2
DRAWS = 400
GAP_MONTHS = 6
RATES_PERCENT = range(70, 101, 5)
"""What a contract instead of employment pays of it. All of these are judgement."""

LANES = Struct(f"<{MONTHS}Q")
Amounts = tuple[int, ...]
"""One source's amounts in each of the twelve months."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case with the source that it is about (empty for all) and the year that it gives."""

    id: str
    source: str
    year: Year


def amounts(source: Source) -> Amounts:
    return tuple(source.amount(month) for month in range(1, MONTHS + 1))


def _columns(rows: Iterable[Amounts]) -> list[int]:
    """The sum of each month."""
    return [sum(column) for column in zip((0,) * MONTHS, *rows, strict=True)]


def _lost(source: Source) -> Amounts:
    """Ended now: paid to the end of the notice."""
    return amounts(source.until(source.notice))


def _losses(household: Household, usual: list[Amounts], whole: list[int]) -> Iterator[Case]:
    for source, paid in zip(household.sources, usual, strict=True):
        if source.held and source.monthly:
            left = zip(whole, paid, _lost(source), strict=True)
            yield Case("loss", source.id, year(household, [income - now + then for income, now, then in left]))


def _illness(household: Household, usual: list[Amounts], whole: list[int]) -> Case:
    """The two months in a row that leave the lowest balance; of equal ones the first."""
    pairs = zip(household.sources, usual, strict=True)
    unpaid = _columns(paid for source, paid in pairs if not source.paid_when_ill)
    spells = []
    for start in range(MONTHS - ILLNESS_MONTHS + 1):
        incomes = list(whole)
        for month in range(start, start + ILLNESS_MONTHS):
            incomes[month] -= unpaid[month]
        spells.append(year(household, incomes))
    return Case("illness", "", min(spells, key=lambda spell: spell.lowest))


def _all_of(kind: str, household: Household, usual: list[Amounts], change: Callable[[Source], Amounts]) -> Year:
    """The year in which every source of a kind is changed."""
    pairs = zip(household.sources, usual, strict=True)
    return year(household, _columns(change(source) if source.kind == kind else paid for source, paid in pairs))


def _cut(source: Source) -> Amounts:
    return amounts(replace(source, monthly=source.monthly * RATE_LEFT_PERCENT // 100))


def cases(household: Household) -> list[Case]:
    """Every exact case, the year as it is first."""
    usual = [amounts(source) for source in household.sources]
    whole, kinds = _columns(usual), {source.kind for source in household.sources}
    found = [Case("as_it_is", "", year(household, whole)), *_losses(household, usual, whole)]
    if "employment" in kinds:
        found.append(Case("contractors_replace_employees", "", _all_of("employment", household, usual, _lost)))
    if "contract" in kinds:
        found.append(Case("rate_cut", "", _all_of("contract", household, usual, _cut)))
    return [*found, _illness(household, usual, whole)]


def _renewals(source: Source) -> list[Amounts]:
    """Renewed in one case of two; else a gap of one to six months, then the same again; each is as likely."""
    ends = source.ends or 0
    gaps = [0] * GAP_MONTHS + list(range(1, GAP_MONTHS + 1))
    return [
        tuple(
            source.monthly if source.starts <= month and not ends < month <= ends + gap else 0
            for month in range(1, MONTHS + 1)
        )
        for gap in gaps
    ]


def _contracts_instead(source: Source) -> list[Amounts]:
    """After the notice a gap of none to six months, then the same work for a part of the pay, while the job lasts."""
    usual, paid = amounts(source), _lost(source)
    return [
        tuple(
            usual[month - 1] * rate // 100 if month > source.notice + gap else paid[month - 1]
            for month in range(1, MONTHS + 1)
        )
        for gap in range(GAP_MONTHS + 1)
        for rate in RATES_PERCENT
    ]


def _lanes(way: Amounts) -> int:
    """What has come in by the end of each month, twelve numbers of 64 bits side by side in one: to add two of these
    is to add all months at once. Thirty sources of the largest amount stay far below 2⁶⁴.
    """
    return int.from_bytes(LANES.pack(*accumulate(way)), "little")


def _range(
    household: Household, name: str, drawn: list[Source], outcomes: Callable[[Source], list[Amounts]]
) -> Document:
    """The 5th, 50th and 95th of a hundred parts of the draws, by the lowest balance."""
    stream = Stream(f"income/1/{name}")
    certain = _columns(amounts(source) for source in household.sources if source not in drawn)
    base = [household.reserve + left for left in accumulate(income - household.expenses for income in certain)]
    ways = [[_lanes(way) for way in outcomes(source)] for source in drawn]
    lowest = []
    for _ in range(DRAWS):
        drawn_sums = sum(way[stream.below(len(way))] for way in ways)
        lowest.append(min(map(add, base, LANES.unpack(drawn_sums.to_bytes(LANES.size, "little")))))
    lowest.sort()
    return {
        "id": name,
        "sources": [source.id for source in drawn],
        "draws": DRAWS,
        "lowest_balance": {str(part): lowest[DRAWS * part // 100] for part in (5, 50, 95)},
        "draws_with_shortfall": sum(one < 0 for one in lowest),
    }


def ranges(household: Household) -> list[Document]:
    """Cases in which chance has a part, where they apply."""
    ending = [
        one for one in household.sources if one.renewal == "negotiated" and one.ends is not None and one.ends < MONTHS
    ]
    employed = [one for one in household.sources if one.kind == "employment"]
    found = []
    if ending:
        found.append(_range(household, "renewals", ending, _renewals))
    if employed:
        found.append(_range(household, "hired_as_contractor", employed, _contracts_instead))
    return found
