"""What of a hand-in is counted for statistics: the groups that were told, and answers made coarse. Pure.

Each coarse answer is one cell for one hand-in, so that the people of two periods can be compared as independent ones.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schemas.statistics import AGE_BANDS, MAJOR_GROUPS, SEXES, Counted, place_of

_TYPICAL = 1000
_MONTHS = (6, 12, 24, 48)
"""Where the cells of recency end: under half a year, a year, two, four, and more."""


def counted(answers: Mapping[str, Any], told: Mapping[str, Any]) -> Counted:
    """Of answers (`schemas.answers.Answers`) and what was told beside them (`schemas.statistics.ToldForStatistics`).

    A pause of no months is none; why there was one is never asked.
    """
    skills = answers.get("skills", ())
    behaviours = answers.get("behaviours", ())
    return Counted(
        sex=place_of(told.get("sex"), SEXES),
        age_band=place_of(told.get("age_band"), AGE_BANDS),
        career_break=int(answers.get("pause_months", 0) > 0),
        occupation=_occupation(answers["occupations"]),
        tasks=_tasks(answers.get("activities", ())),
        skills=_level(skills),
        recency=_recency(skills),
        knowledge=_level(answers.get("knowledge", ())),
        ai=_level(one for one in behaviours if one["id"].startswith("ai.")),
        learning=_level(one for one in behaviours if one["id"].startswith("learning.")),
    )


def _occupation(shares: Sequence[Mapping[str, Any]]) -> int:
    """The major group of the largest occupation."""
    group = int(max(shares, key=lambda one: one["share"])["code"][:2])
    return MAJOR_GROUPS.index(group) + 1 if group in MAJOR_GROUPS else 0


def _tasks(activities: Sequence[Mapping[str, Any]]) -> int:
    """How many differ from typical: none, up to a quarter, up to a half, more."""
    if not activities:
        return 0
    changed = sum(one["factor"] != _TYPICAL for one in activities)
    return 1 + -(-4 * changed // len(activities)) if 2 * changed <= len(activities) else 4


def _level(items: Iterable[Mapping[str, Any]]) -> int:
    """The mean level, rounded half up: 1 for level 0 to 5 for level 4."""
    levels = [one["level"] for one in items]
    return 1 + (2 * sum(levels) + len(levels)) // (2 * len(levels)) if levels else 0


def _recency(skills: Sequence[Mapping[str, Any]]) -> int:
    """The mean months since what one has was refreshed."""
    months = [one["months"] for one in skills if "months" in one]
    return 1 + bisect_right(_MONTHS, sum(months) // len(months)) if months else 0
