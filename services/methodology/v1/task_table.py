"""Task resilience: exposure of each occupation by three sources, and the activities that its work
consists of.
"""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import isqrt

from services.methodology.source import exact, half_up, rows
from services.methodology.v1 import definition as d
from services.methodology.v1.apportion import apportion

_ROOT_SCALE = 10**12


@dataclass(frozen=True, slots=True)
class Mix:
    """An occupation's typical work: ``(activity, parts per million, value)`` by id, which puts ``rest``
    last.
    """

    soc: str
    activities: tuple[tuple[str, int, int], ...]
    exposure: Fraction


def value_of(exposure: Fraction) -> int:
    """What is left of 10,000 when the exposed part (0 to 1) is taken off."""
    return d.VALUE - half_up(d.VALUE * exposure)


@cache
def exposure_of_activities() -> dict[str, Fraction]:
    """min(1, user + ai): twice the mean of the two, which is the published applicability of an activity."""
    return {row["id"]: min(Fraction(1), exact(row["user"]) + exact(row["ai"])) for row in rows("activities")}


@cache
def weights_of_activities() -> dict[str, dict[str, Fraction]]:
    table: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for row in rows("activity_weights"):
        table[row["soc"]][row["activity"]] = exact(row["weight"])
    return table


def broader(soc: str) -> str:
    """The broader code ``xx-xxx0`` of a detailed one."""
    return soc[:6] + "0"


@cache
def mix(soc: str) -> Mix | None:
    """The typical mix under exactly this code; ``None`` where the source has none."""
    weights = weights_of_activities().get(soc)
    if not weights:
        return None
    exposed = exposure_of_activities()
    whole = sum(weights.values(), Fraction(0))
    ranked = sorted(weights, key=lambda activity: (-weights[activity], activity))
    asked, others = ranked[: d.ACTIVITIES_ASKED], ranked[d.ACTIVITIES_ASKED :]
    shares = [weights[activity] / whole for activity in asked]
    values = [value_of(exposed[activity]) for activity in asked]
    if others:
        rest = sum((weights[activity] for activity in others), Fraction(0))
        shares.append(rest / whole)
        mean = sum((weights[activity] * exposed[activity] for activity in others), Fraction(0)) / rest
        values.append(value_of(mean))
    parts = apportion([half_up(share * 10**15) for share in shares], d.MIX_SCALE)
    names = asked + [d.REST] * bool(others)
    mean_exposure = sum((weights[one] * exposed[one] for one in ranked), Fraction(0)) / whole
    return Mix(soc, tuple(sorted(zip(names, parts, values, strict=True))), mean_exposure)


def disagreement(exposures: list[Fraction]) -> int:
    """Standard error of the mean of the sources (sample SD over root n), hundredths of a point, at least
    3 points.
    """
    count = len(exposures)
    mean = sum(exposures, Fraction(0)) / count
    squares = sum(((one - mean) ** 2 for one in exposures), Fraction(0))
    squared_error = squares / (count - 1) / count
    root = isqrt(int(squared_error * _ROOT_SCALE**2))
    return max(d.SE_TASKS_MINIMUM, half_up(Fraction(root * 10_000, _ROOT_SCALE)))
