"""Whether a result lies on neither side of a limit for sure. Pure."""

from collections.abc import Mapping

UNITS_OF_A_POINT = 10**8


def crosses(band: Mapping[str, int], limit: int) -> bool:
    """Whether the band of a result, `low` and `high` in units, reaches to both sides of a limit in whole points.

    At or above the limit is one side, below it the other.
    """
    return band["low"] < limit * UNITS_OF_A_POINT <= band["high"]
