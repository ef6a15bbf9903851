"""The end of a single member of a form, told long before it comes: how its field says so.

JSON Schema's `deprecated` (draft 2020-12, validation, 9.3) has no day, so two members of our own stand beside it.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

LEAST = timedelta(days=183)
"""So long a member that is deprecated goes on."""
SINCE, SUNSET = "x-deprecated-since", "x-sunset"


def fading(since: date, sunset: date) -> dict[str, Any]:
    """The `metadata` of a field that is deprecated from `since` and may be gone from `sunset` on.

    Raises ValueError where that is too short a time.
    """
    if sunset - since < LEAST:
        raise ValueError(f"from {since} to {sunset} are fewer than {LEAST.days} days")
    return {"deprecated": True, SINCE: since.isoformat(), SUNSET: sunset.isoformat()}


def sunset_of(member: Mapping[str, Any]) -> date | None:
    """The day on which a member that its JSON Schema marks as deprecated ends; None where it is not marked.

    Raises ValueError where the mark does not name its days, or leaves less than the least time between them.
    """
    if not member.get("deprecated"):
        return None
    try:
        since, sunset = date.fromisoformat(member[SINCE]), date.fromisoformat(member[SUNSET])
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"deprecated without {SINCE} and {SUNSET}") from None
    fading(since, sunset)
    return sunset
