"""How values spread over the 893 occupations, and how much the weights matter: exact integers, seeded draws.

A Dirichlet distribution whose parameters are the published weights (they are whole and sum to 100) is drawn
as the gaps between 99 uniform cuts of an interval, gathered by weight: no float and no library's generator
takes part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import isqrt

from services.methodology.v1 import definition as d
from services.methodology.v1.engine import score
from services.methodology.v1.plan import plan_for
from services.methodology.v1.publication.specimen import drawable, specimen
from services.methodology.v1.stream import Stream
from services.methodology.v1.tables import tables

DRAWS = 200
INTERVAL = 10**6


@dataclass(frozen=True, slots=True)
class Spread:
    """Of a list of numbers in one unit: floored mean and standard deviation, and the 5th, 50th and 95th
    percentile.
    """

    count: int
    mean: int
    deviation: int
    low: int
    median: int
    high: int


def spread(values: Sequence[int]) -> Spread:
    ordered = sorted(values)
    count, whole = len(ordered), sum(ordered)
    squares = count * sum(value * value for value in ordered) - whole * whole
    rank = (5, 50, 95)
    low, median, high = (ordered[(count - 1) * percent // 100] for percent in rank)
    return Spread(count, whole // count, isqrt(squares // (count * count)), low, median, high)


@cache
def people() -> tuple[tuple[int, ...], ...]:
    """The seven dimensions (parts of 10⁸) of one generated person in each of the 893 occupations."""
    found = []
    for entry in drawable():
        answers = specimen(f"spread/{entry.code}", profile=d.CORE_INCOME, codes=(entry.code,))
        found.append(score(answers).dimensions_low)
    return tuple(found)


def of_occupations() -> dict[str, Spread]:
    """Parts of 10⁸: task resilience with the typical mix, and market demand, which no answer changes."""
    plans = [plan_for(((entry.code, 1000),)) for entry in drawable()]
    tasks = [
        sum(plan.weights[place] * plan.template[place] for place in range(*plan.spans[d.TASKS]))
        + sum(mix.typical.units for mix in plan.mixes if mix.typical)
        for plan in plans
    ]
    market = [plan.template[plan.spans[d.MARKET][0]] * d.VALUE for plan in plans]
    return {"tasks": spread(tasks), "market": spread(market)}


def of_task_errors() -> Spread:
    """Hundredths of a point: the standard error of task resilience over every occupation that is known."""
    return spread([one.se_tasks for one in tables().occupations.values()])


def at_an_end() -> int:
    """How many of the 893 have a market demand of 0 or of the full scale."""
    known = tables().occupations
    return sum(known[entry.code].market in (0, d.VALUE) for entry in drawable())


def of_people() -> dict[str, Spread]:
    """Parts of 10⁸ of every dimension over the generated people."""
    return {name: spread([one[number] for one in people()]) for number, name in enumerate(d.DIMENSIONS)}


def drawn_weights(stream: Stream, weights: Sequence[int]) -> list[int]:
    """One draw from the Dirichlet distribution with these whole parameters; parts of ``INTERVAL``."""
    cuts = [0, *sorted(stream.below(INTERVAL + 1) for _ in range(sum(weights) - 1)), INTERVAL]
    ends = [0]
    for weight in weights:
        ends.append(ends[-1] + weight)
    return [cuts[end] - cuts[start] for start, end in pairwise(ends)]


def effect_of_weights() -> Spread:
    """By how much (units of 10⁻⁸ points, without sign) a generated person's ``core`` score moves under
    drawn weights.
    """
    stream, weights = Stream("weights/1"), d.WEIGHTS[d.CORE][: d.INCOME]
    cores = [person[: d.INCOME] for person in people()]
    published = [sum(map(int.__mul__, weights, core)) for core in cores]
    moved: list[int] = []
    for _ in range(DRAWS):
        drawn = drawn_weights(stream, weights)
        moved.extend(
            abs(sum(map(int.__mul__, drawn, core)) // (INTERVAL // 100) - own)
            for core, own in zip(cores, published, strict=True)
        )
    return spread(moved)
