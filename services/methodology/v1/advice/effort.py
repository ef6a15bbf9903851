"""Hours of learning: an assumption, so always told as a range from half to twice the middle.

What an issuer states of its own course goes before it, with the date.
"""

from typing import Any

RAISE_HOURS = (20, 60, 150, 400)
"""From level 0 to 1, 1 to 2, 2 to 3, 3 to 4."""
REFRESH_HOURS = 10
UNIT_HOURS = 10
"""All efforts are whole numbers of this, which makes a plan by units exact."""


def hours(now: int, reached: int) -> int:
    """The middle of the range from one level to another; refreshing is included in learning a level."""
    return sum(RAISE_HOURS[now:reached]) if reached > now else REFRESH_HOURS


def spread(middle: int) -> dict[str, Any]:
    """Half, middle and twice; nothing stays nothing."""
    return {"low": middle // 2, "middle": middle, "high": middle * 2}


def assumed(known: int, unknown: int) -> dict[str, Any]:
    """Our assumption where some levels are not known: those hours are counted from level 0, an upper bound.

    The lower end leaves them out, for all of it may be there already.
    """
    return {
        **spread(known + unknown),
        "low": known // 2,
        "of_unknown": unknown,
        "upper_bound": unknown > 0,
        "basis": "assumption",
    }


def stated(entry: dict[str, Any]) -> dict[str, Any]:
    """What an issuer states of its own course: ``low`` and ``high`` hours, ``source`` and ``date``, and when it was
    ``checked``.
    """
    return {
        "low": entry["low"],
        "middle": (entry["low"] + entry["high"]) // 2,
        "high": entry["high"],
        "basis": "issuer",
        **{name: entry[name] for name in ("source", "date", "checked")},
    }
