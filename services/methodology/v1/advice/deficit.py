"""How far somebody is from what an occupation asks: ``Σ imp · max(0, r - l) / r ÷ Σ imp``, in parts of 10,000.

Over the elements of importance 3 and more. Having more than is asked brings nothing nearer.
"""

from collections.abc import Sequence

WHOLE = 10_000
IMPORTANCE_COUNTED = 300
"""Hundredths on O*NET's scale of 1 to 5."""
LEVEL_BOUNDS = (250, 400, 550)


def asked_level(hundredths: int) -> int:
    """O*NET's level (0 to 7, in hundredths) as one of the four that a person can be asked for."""
    return 1 + sum(hundredths >= bound for bound in LEVEL_BOUNDS)


def deficit(required: int, level: int) -> int:
    """``max(0, r - l) / r``, floored; what is not required is never short."""
    return WHOLE * (required - level) // required if level < required else 0


def distance(importances: Sequence[int], required: Sequence[int], levels: Sequence[int]) -> int:
    """Of somebody with these levels, all on one scale."""
    short = whole = 0
    for importance, asked, level in zip(importances, required, levels, strict=True):
        if importance >= IMPORTANCE_COUNTED:
            short += importance * deficit(asked, level)
            whole += importance
    return short // whole
