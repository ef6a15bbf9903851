"""The comparison of groups for one organisation and period, as it is told: rounded, and small groups left out."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from schemas.fairness import CROSSED
from services.audit.statistics.day_counts import DayCounts
from services.audit.statistics.fairness import Compared, Suppressed, compared, told_median
from services.audit.statistics.histograms import GROUPS, SCORES, Histograms
from services.audit.statistics.windows import Window, rounded

LIMITS = (
    "Calculations only, over the decisions of those who consented to statistics and told their group: not the yearly "
    "independent bias audit that New York City's Local Law 144 asks for. Sex and age band alone are asked, "
    "everywhere; ethnic origin, and all else of a special category, is asked of nobody."
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """The groups by one attribute; `untold` are the people of the sample who are in none, rounded."""

    by: str
    untold: int
    groups: tuple[Compared | Suppressed, ...]


@dataclass(frozen=True, slots=True)
class GroupScores:
    """The comparison. `people` are rounded; `doubled_median` is twice the sample's median, None of too few people."""

    tenant: str
    window: Window
    people: int
    doubled_median: int | None
    attributes: tuple[Attribute, ...]


async def group_scores(counts: DayCounts, tenant: str, window: Window) -> GroupScores:
    """Compare the groups of a period. Raises KeysUnavailable."""
    found = await counts.between(tenant, str(window.start), str(window.end))
    attributes = await asyncio.to_thread(lambda: tuple(_attribute(by, found) for by in GROUPS))
    sample = found[SCORES]
    return GroupScores(tenant, window, rounded(sum(sample)), told_median(sample), attributes)


def told(found: GroupScores) -> Mapping[str, Any]:
    """The document `schemas.fairness.Fairness`."""
    window = found.window
    return {
        "organisation": found.tenant,
        "period": {"start": str(window.start), "end": str(window.end), "people": found.people},
        "median_tenths": None if found.doubled_median is None else 5 * found.doubled_median,
        "compared": [_compared(one) for one in found.attributes if one.by != CROSSED],
        "crossed": next(_compared(one) for one in found.attributes if one.by == CROSSED),
        "limits": LIMITS,
    }


def scaled(value: Fraction | None, unit: int) -> int | None:
    """A fraction in whole parts of a unit, rounded half to even."""
    return None if value is None else round(value * unit)


def deviations_hundredths(squared: Fraction | None) -> int | None:
    """|Z| in hundredths, rounded half up."""
    return None if squared is None else (isqrt(int(squared * 200 * 200)) + 1) // 2


def _attribute(by: str, found: Histograms) -> Attribute:
    groups = {group: found[f"{by}/{group}"] for group in GROUPS[by]}
    known = sum(map(sum, groups.values()))
    return Attribute(by, rounded(sum(found[SCORES]) - known), tuple(compared(found[SCORES], groups)))


def _compared(one: Attribute) -> dict[str, object]:
    return {"by": one.by, "untold": one.untold, "groups": [_told(group) for group in one.groups]}


def _told(one: Compared | Suppressed) -> dict[str, object]:
    shown = one if isinstance(one, Compared) else None
    against = shown if shown is not None and shown.deviations_squared is not None else None
    return {
        "group": one.group,
        "people": None if shown is None else rounded(shown.people),
        "scoring_rate_thousandths": None if shown is None else scaled(shown.rate, 1000),
        "impact_ratio_thousandths": None if against is None else scaled(against.ratio, 1000),
        "below_four_fifths": None if against is None else against.below_four_fifths,
        "deviations_hundredths": None if against is None else deviations_hundredths(against.deviations_squared),
        "beyond_two_deviations": None if against is None else against.beyond_two_deviations,
        "fisher_millionths": None if against is None else scaled(against.rarity, 10**6),
        "gap_hundredths": None if shown is None else scaled(shown.gap, 100),
    }
