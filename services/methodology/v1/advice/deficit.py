"""How far somebody is from what an occupation asks: ``Σ imp · max(0, r - l) / r ÷ Σ imp``, in parts of 10,000.

Over the elements of importance 3 and more. Having more than is asked brings nothing nearer, so an occupation that
asks for little is near to everybody; how different the work is, the two-sided ``difference`` says.
"""

from collections.abc import Sequence
from operator import sub

WHOLE = 10_000
IMPORTANCE_COUNTED = 300
"""Hundredths on O*NET's scale of 1 to 5."""
LEVEL_BOUNDS = (250, 400, 550)
HIGHEST = 700


def asked_level(hundredths: int) -> int:
    """O*NET's level (0 to 7, in hundredths) as one of the four that a person can be asked for."""
    return 1 + sum(hundredths >= bound for bound in LEVEL_BOUNDS)


def deficit(required: int, level: int) -> int:
    """``max(0, r - l) / r``, floored; what is not required is never short."""
    return WHOLE * (required - level) // required if level < required else 0


def band(level: int) -> tuple[int, int]:
    """The levels on O*NET's scale that an answered level stands for: its lowest and its highest."""
    bounds = (0, *LEVEL_BOUNDS, HIGHEST + 1)
    return (0, 0) if level == 0 else (bounds[level - 1], bounds[level] - 1)


def difference(one: Sequence[int], total: int, other: Sequence[int], other_total: int) -> int:
    """``Σ |l - r| ÷ Σ max(l, r)`` over all elements (Ruzicka's distance), of levels whose sums are given: having
    more than is asked makes the work as different as having less does.
    """
    apart: int = sum(map(abs, map(sub, one, other)))
    return 2 * WHOLE * apart // max(1, total + other_total + apart)


def distance(importances: Sequence[int], required: Sequence[int], levels: Sequence[int]) -> int:
    """Of somebody with these levels, all on one scale."""
    short = whole = 0
    for importance, asked, level in zip(importances, required, levels, strict=True):
        if importance >= IMPORTANCE_COUNTED:
            short += importance * deficit(asked, level)
            whole += importance
    return short // whole
