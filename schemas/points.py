"""The only place where a score, or a dimension of one, is rounded: for display, halves upwards."""

from collections.abc import Mapping

UNITS_PER_POINT = 10**8
UNITS_OF_A_DIMENSION = 10**6
"""In one of the hundred that a dimension stands on."""


def of_hundred(value: int) -> int:
    """A dimension's value as a whole number from 0 to 100."""
    return (value + UNITS_OF_A_DIMENSION // 2) // UNITS_OF_A_DIMENSION


def rounded(units: int, decimals: int = 0) -> int:
    """Units of 10⁻⁸ points as a whole number of points times ten to the ``decimals``."""
    unit: int = UNITS_PER_POINT // 10**decimals
    return (units + unit // 2) // unit


def in_points(score: Mapping[str, int], band: Mapping[str, int]) -> dict[str, int]:
    """A score and its band, each from ``low`` to ``high`` in units, in whole points: ``schemas.result.Points``."""
    return {
        "low": rounded(score["low"]),
        "high": rounded(score["high"]),
        "band_low": rounded(band["low"]),
        "band_high": rounded(band["high"]),
    }


def written(units: int, decimals: int = 1, *, signed: bool = False) -> str:
    """Points such as ``14.1``, with one decimal or more; with ``signed`` always with a sign."""
    parts = rounded(units, decimals)
    sign = "-" if parts < 0 else "+" if signed and parts > 0 else ""
    whole, rest = divmod(abs(parts), 10**decimals)
    return f"{sign}{whole}.{rest:0{decimals}d}"
