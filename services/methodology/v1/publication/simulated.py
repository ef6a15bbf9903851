"""What the score does over simulated people, two in each drawn occupation: exact integers from one seed.

Occupations are drawn weighted by employment and people as ``specimen`` draws them, which is an assumption. The two
of a pair share nothing but their occupation, so the covariance of their scores is the variance that the occupation
explains (the intraclass correlation of Shrout & Fleiss 1979, Psychological Bulletin 86).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache

from services.methodology.v1 import definition as d
from services.methodology.v1.documents import band_of
from services.methodology.v1.engine import Scored, score
from services.methodology.v1.publication.specimen import specimen
from services.methodology.v1.publication.spread import Spread, spread

PAIRS = 4_000
SEED = "people/1"
PER_MILLE = 1_000
BREAK = 12
"""Months."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """``score`` is that of ``core`` in units; ``explained`` (by the occupation) and ``reliability`` are per mille;
    ``at_zero`` and ``at_full`` say how many lie at an end of each dimension.
    """

    score: Spread
    explained: int
    reliability: int
    at_zero: dict[str, int]
    at_full: dict[str, int]


def _pair(number: int) -> tuple[Scored, Scored]:
    first = specimen(f"{SEED}/{number}/1", profile=d.CORE_INCOME)
    codes = tuple(one["code"] for one in first["occupations"])
    return score(first), score(specimen(f"{SEED}/{number}/2", profile=d.CORE_INCOME, codes=codes))


def explained(pairs: Sequence[tuple[int, int]]) -> int:
    """The covariance within pairs as a part of the variance of all, per mille; exact but for the last floor."""
    values = [one for pair in pairs for one in pair]
    count, whole = len(values), sum(values)
    variance = count * sum(one * one for one in values) - whole * whole
    covariance = 2 * count * sum(one * other for one, other in pairs) - whole * whole
    return PER_MILLE * covariance // variance


def _reliability(people: Sequence[Scored], found: Spread) -> int:
    """One less the mean squared standard error as a part of the variance, per mille."""
    squares = sum(band_of(one, d.CORE).half ** 2 for one in people) * 100**2 // (len(people) * d.Z_PERCENT**2)
    return PER_MILLE - PER_MILLE * squares // found.deviation**2


def pause() -> dict[str, dict[str, int]]:
    """By how much the `core` score of the first of each pair falls, in units, when twelve months pass in which nothing
    is refreshed: as a break that was told, and without telling it.
    """
    people = [specimen(f"{SEED}/{number}/1", profile=d.CORE_INCOME) for number in range(PAIRS)]
    before = [score(one).low(d.CORE) for one in people]
    later = [
        {**one, "skills": [{**skill, "months": skill["months"] + BREAK} for skill in one["skills"]]} for one in people
    ]
    told = [score({**one, "pause_months": BREAK}).low(d.CORE) for one in later]
    untold = [score(one).low(d.CORE) for one in later]
    return {
        name: asdict(spread([one - other for one, other in zip(before, after, strict=True)]))
        for name, after in (("told", told), ("untold", untold))
    }


@cache
def simulated() -> Simulated:
    """Computed once in a process: two seconds."""
    pairs = [_pair(number) for number in range(PAIRS)]
    people = [one for pair in pairs for one in pair]
    found = spread([one.low(d.CORE) for one in people])
    ends = (0, d.VALUE**2)
    zero, full = (
        {name: sum(one.dimensions_low[number] == end for one in people) for number, name in enumerate(d.DIMENSIONS)}
        for end in ends
    )
    part = explained([(one.low(d.CORE), other.low(d.CORE)) for one, other in pairs])
    return Simulated(found, part, _reliability(people, found), zero, full)
