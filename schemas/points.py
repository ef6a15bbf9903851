"""The only place where a score is rounded: for display, halves upwards."""

UNITS_PER_POINT = 10**8


def rounded(units: int, decimals: int = 0) -> int:
    """Units of 10⁻⁸ points as a whole number of points times ten to the ``decimals``."""
    unit: int = UNITS_PER_POINT // 10**decimals
    return (units + unit // 2) // unit


def written(units: int, *, signed: bool = False) -> str:
    """Points with one decimal, such as ``14.1``; with ``signed`` always with a sign."""
    tenths = rounded(units, 1)
    sign = "-" if tenths < 0 else "+" if signed and tenths > 0 else ""
    return f"{sign}{abs(tenths) // 10}.{abs(tenths) % 10}"
