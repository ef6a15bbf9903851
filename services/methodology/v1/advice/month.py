"""Calendar months as ``YYYY-MM``, counted and never read from a clock."""


def number(month: str) -> int:
    """Months since the year 0, so that they can be subtracted."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def later(month: str, count: int) -> str:
    """The month ``count`` months after (before, where negative)."""
    year, rest = divmod(number(month) + count, 12)
    return f"{year:04d}-{rest + 1:02d}"
