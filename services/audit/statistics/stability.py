"""The population stability index of two distributions over the same cells. Pure.

PSI = Σ (aᵢ - rᵢ) ln(aᵢ / rᵢ) (Siddiqi, Credit Risk Scorecards, 2006: below 0.1 stable, from 0.25 on a shift). An
index of few people is large by chance alone: of two samples of one distribution PSI / (1/n + 1/m) is distributed as
χ² with a degree of freedom less than cells (Yurdakul, 2018), so a shift must lie beyond its 99th percentile too. Half
a person is added to each cell, for the logarithm of an empty one. Reckoned in decimals of fixed precision, rounded
once: the same counts give the same index everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Literal

POINTS = 101
"""Displayed scores, 0 to 100 whole points."""
WIDTH = 10
LEAST_PEOPLE = 50
"""In either period; of fewer no index is told."""
NOTABLE = Decimal("0.1")
LARGE = Decimal("0.25")
_CHI_SQUARE_99 = {5: Decimal("13.277"), 6: Decimal("15.086"), 10: Decimal("21.666"), 24: Decimal("41.638")}
"""The 99th percentile, by the number of cells."""
_HALF = Decimal("0.5")
_CONTEXT = Context(prec=28, rounding=ROUND_HALF_EVEN)

Verdict = Literal["too-few", "stable", "moved", "drifted"]


@dataclass(frozen=True, slots=True)
class Stability:
    """The index in thousandths, None where too few people are in a period; what is to be thought of it."""

    verdict: Verdict
    index_thousandths: int | None = None


def stability(reference: Sequence[int], current: Sequence[int]) -> Stability:
    """Compare how many people are in each cell. Raises ValueError for a number of cells that nothing here has."""
    size = len(reference)
    if len(current) != size or size not in _CHI_SQUARE_99:
        raise ValueError(f"{size} and {len(current)} cells; right are twice {' or '.join(map(str, _CHI_SQUARE_99))}")
    if min(sum(reference), sum(current)) < LEAST_PEOPLE:
        return Stability("too-few")
    with localcontext(_CONTEXT):
        index = sum(map(_part, _shares(reference), _shares(current)), Decimal())
        by_chance = _CHI_SQUARE_99[size] * (1 / Decimal(sum(reference)) + 1 / Decimal(sum(current)))
        return Stability(_verdict(index, by_chance), int((index * 1000).to_integral_value()))


def cells(counts: Sequence[int]) -> list[int]:
    """Counts of scores in cells of ten points, 100 itself in the last."""
    if len(counts) != POINTS:
        raise ValueError(f"{len(counts)} counts; {POINTS} are right, one for each score from 0 to 100")
    joined = [sum(counts[low : low + WIDTH]) for low in range(0, POINTS - 1, WIDTH)]
    joined[-1] += counts[-1]
    return joined


def _shares(counts: Sequence[int]) -> list[Decimal]:
    total = Decimal(sum(counts)) + len(counts) * _HALF
    return [(count + _HALF) / total for count in counts]


def _part(reference: Decimal, current: Decimal) -> Decimal:
    return (current - reference) * (current / reference).ln()


def _verdict(index: Decimal, by_chance: Decimal) -> Verdict:
    if index < NOTABLE or index < by_chance:
        return "stable"
    return "drifted" if index >= LARGE else "moved"
