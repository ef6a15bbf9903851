"""Exposure under three assumptions about tools, and what of each activity shifts to assistance or automation."""

from fractions import Fraction
from functools import cache

from services.methodology.source import exact, half_up, rows
from services.methodology.v1 import definition as d
from services.methodology.v1.advice.figures import SCENARIOS
from services.methodology.v1.task_table import weights_of_activities


def potentials() -> dict[str, list[int]]:
    """By occupation: exposure by the model alone, with half of the tools, with all; mean of both ratings."""
    return {
        row["code"]: [
            half_up(d.VALUE * (exact(row[f"human_rating_{kind}"]) + exact(row[f"dv_rating_{kind}"])) / 2)
            for kind in SCENARIOS
        ]
        for row in rows("exposure")
    }


@cache
def _shifts() -> dict[str, tuple[Fraction, Fraction]]:
    return {row["id"]: (exact(row["user"]), exact(row["ai"])) for row in rows("activities")}


def shifts() -> dict[str, list[int]]:
    """By activity: the part that AI can assist in and the part that it can do itself, of 10,000."""
    return {item: [half_up(d.VALUE * part) for part in parts] for item, parts in _shifts().items()}


def shifts_of_the_rest() -> dict[str, list[int]]:
    """The same by SOC code for all activities but the eight largest together, weighted by their shares."""
    found = {}
    for soc, weights in weights_of_activities().items():
        others = sorted(weights, key=lambda activity: (-weights[activity], activity))[d.ACTIVITIES_ASKED :]
        whole = sum((weights[one] for one in others), Fraction(0))
        if whole:
            summed = (sum(weights[one] * _shifts()[one][part] for one in others) for part in (0, 1))
            found[soc] = [half_up(d.VALUE * part / whole) for part in summed]
    return found
