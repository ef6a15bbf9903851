"""Plausible random answers from a seed, the same on every machine: for the demo, benchmarks and tests.

The stream is SHA-256 in counter mode, so no library's generator is part of it. Occupations are drawn weighted
by their employment over those with all figures of their own or estimated from related occupations. How people
answer is an assumption: levels around a personal mean, months up to five years.
"""

from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import Any

from services.methodology.rules import OccupationEntry
from services.methodology.v1 import definition as d
from services.methodology.v1.plan import Plan, plan_for
from services.methodology.v1.rules import occupations as known
from services.methodology.v1.stream import Stream
from services.methodology.version import SCORABLE


@cache
def drawable() -> tuple[OccupationEntry, ...]:
    """The occupations that specimens are drawn from."""
    return tuple(one for one in known() if one.status in SCORABLE)


@cache
def _cumulated() -> tuple[int, ...]:
    return tuple(accumulate(one.employment for one in drawable()))


def _occupation(stream: Stream) -> str:
    cumulated = _cumulated()
    return drawable()[bisect_right(cumulated, stream.below(cumulated[-1]))].code


def _level(stream: Stream, mean: int) -> int:
    """A level around ``mean`` (0 to 4): one step down or up in half of the cases."""
    return max(0, min(4, mean + (-1, 0, 0, 1)[stream.below(4)]))


def _portfolio(stream: Stream, count: int, given: tuple[str, ...]) -> list[dict[str, Any]]:
    codes = list(given)
    count = len(codes) or count
    while len(codes) < count:
        code = _occupation(stream)
        if code not in codes:
            codes.append(code)
    shares = {1: [1000], 2: [600, 400], 3: [500, 300, 200]}[count]
    return [{"code": code, "share": share} for code, share in zip(codes, shares, strict=True)]


def _activities(stream: Stream, plan: Plan) -> list[dict[str, Any]]:
    """One person in two changes the typical mix."""
    if stream.below(2):
        return []
    return [
        {"occupation": mix.occupation, "id": item, "factor": d.FACTORS[1 + stream.below(4)]}
        for mix in plan.mixes
        for item in mix.ids
    ]


def _income(stream: Stream) -> dict[str, Any]:
    expenses = 100_000 + stream.below(300_000)
    largest = 80_000 + stream.below(400_000)
    others = stream.below(3)
    return {
        "currency": "EUR",
        "largest_source": largest,
        "sources_total": largest + sum(stream.below(largest) for _ in range(others)),
        "expenses": expenses,
        "reserve": stream.below(12 * expenses),
        "months_covered": stream.below(13),
        "sources": 1 + others,
    }


def specimen(
    seed: str,
    *,
    profile: str = d.CORE,
    occupations: int = 1,
    codes: tuple[str, ...] = (),
    as_of: str = "2026-11",
) -> dict[str, Any]:
    """Complete, plausible answers of one person; the same seed gives the same answers for ever.

    ``codes`` names the occupations; without it ``occupations`` (1 to 3) of them are drawn.
    """
    stream = Stream(seed)
    portfolio = _portfolio(stream, occupations, codes)
    plan = plan_for(tuple(sorted((one["code"], one["share"]) for one in portfolio)))
    ability, habit = 1 + stream.below(4), stream.below(4)
    answers: dict[str, Any] = {"as_of": as_of, "profile": profile, "occupations": portfolio}
    activities = _activities(stream, plan)
    if activities:
        answers["activities"] = activities
    answers["skills"] = [
        {"id": item, "level": _level(stream, ability), "months": stream.below(stream.below(60) + 1)}
        for item in plan.skills
    ]
    answers["knowledge"] = [{"id": item, "level": _level(stream, ability)} for item in plan.knowledge]
    answers["behaviours"] = [{"id": item, "level": _level(stream, habit)} for item in plan.behaviours]
    if profile == d.CORE_INCOME:
        answers["income"] = _income(stream)
    return answers
