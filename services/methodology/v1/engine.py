"""Score answers: one pass over them into the places of their portfolio's plan, then exact integer sums.

The answers have the form of ``schemas.answers.Answers``; what that form cannot say (an item not asked, an
item twice) ends the pass, and ``check`` then names every finding. Nothing is rounded on the way: a value
comes from a table or from one floor division.
"""

from dataclasses import dataclass
from operator import mul
from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1 import quality
from services.methodology.v1.check import Wrong, findings
from services.methodology.v1.income import answered, income_values
from services.methodology.v1.plan import UNANSWERED, Mixed, Plan, plan_for

MIDDLE_UNITS = d.MIDDLE * d.VALUE
_BITS = tuple(1 << level for level in d.LEVELS)


class Unfit(Exception):
    """The pass met something that the form allows and the methodology does not; ``check`` says what."""


class Unscorable(ValueError):
    """These answers cannot be scored; ``wrong`` says everything that is in the way, at least one thing."""

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = tuple(wrong)
        super().__init__("; ".join(f"{one.path}: {one.case}" for one in wrong))


@dataclass(frozen=True, slots=True)
class Scored:
    """A score with all its parts. ``low`` and ``high`` are the same lists where everything was answered.

    ``values_*`` and ``deviations_*`` run along ``plan.places`` (a deviation is weight times distance from the
    middle), ``dimensions_*`` along the dimensions in parts of 10⁸. ``own`` says for each mix whether it is
    the person's.
    """

    plan: Plan
    answers: dict[str, Any]
    profile: str
    values_low: list[int]
    values_high: list[int]
    deviations_low: list[int]
    deviations_high: list[int]
    mixes: tuple[Mixed | None, ...]
    own: tuple[bool, ...]
    dimensions_low: tuple[int, ...]
    dimensions_high: tuple[int, ...]
    quality: tuple[str, ...]

    def low(self, profile: str) -> int:
        """The score in units of 10⁻⁸ points with everything unanswered at its worst."""
        return sum(map(mul, d.WEIGHTS[profile], self.dimensions_low))

    def high(self, profile: str) -> int:
        """The score in units of 10⁻⁸ points with everything unanswered at its best."""
        return sum(map(mul, d.WEIGHTS[profile], self.dimensions_high))


def _plan(answers: dict[str, Any]) -> Plan:
    occupations = answers["occupations"]
    if len(occupations) == 1:
        key: tuple[tuple[str, int], ...] = ((occupations[0]["code"], occupations[0]["share"]),)
    else:
        key = tuple(sorted((one["code"], one["share"]) for one in occupations))
        if len({code for code, _ in key}) < len(key):
            raise Unfit
    if sum(share for _, share in key) != 1000:
        raise Unfit
    return plan_for(key)


def _take_skills(plan: Plan, answers: dict[str, Any], values: list[int]) -> int:
    """Fill in skills (and what they carry over); returns the levels seen as bits."""
    seen = 0
    entries = plan.skills
    pause = answers.get("pause_months", 0)
    for answer in answers.get("skills", ()):
        entry = entries[answer["id"]]
        level = answer["level"]
        told = answer["months"] if level else 0
        months = told - pause if told > pause else 0
        seen |= _BITS[level]
        for place, curve in entry.targets:
            if values[place] >= 0:
                raise Unfit
            values[place] = curve[level][months]
        if entry.transfer >= 0:
            values[entry.transfer] = entry.transfer_values[level]
    return seen


def _take_knowledge(plan: Plan, answers: dict[str, Any], values: list[int]) -> int:
    seen = 0
    entries = plan.knowledge
    for answer in answers.get("knowledge", ()):
        place, by_level = entries[answer["id"]]
        if values[place] >= 0:
            raise Unfit
        level = answer["level"]
        values[place] = by_level[level]
        seen |= _BITS[level]
    return seen


def _take_behaviours(plan: Plan, answers: dict[str, Any], values: list[int]) -> int:
    seen = 0
    places = plan.behaviours
    for answer in answers.get("behaviours", ()):
        place = places[answer["id"]]
        if values[place] >= 0:
            raise Unfit
        level = answer["level"]
        values[place] = d.BEHAVIOUR_STEP * level
        seen |= _BITS[level]
    return seen


def _factors(plan: Plan, given: list[dict[str, Any]]) -> dict[str, list[int]]:
    """The factors of each mix that was touched, in the mix's order."""
    only = plan.mixes[0].occupation if len(plan.mixes) == 1 else ""
    by_code: dict[str, dict[str, int]] = {}
    for answer in given:
        own = by_code.setdefault(answer.get("occupation", only), {})
        if answer["id"] in own:
            raise Unfit
        own[answer["id"]] = answer["factor"]
    factors = {}
    for mix in plan.mixes:
        own = by_code.pop(mix.occupation, {})
        if own:
            factors[mix.occupation] = [own.pop(item, d.TYPICAL_FACTOR) for item in mix.ids]
        if own:
            raise Unfit
    if by_code:
        raise Unfit
    return factors


def _mixes(plan: Plan, answers: dict[str, Any]) -> tuple[tuple[Mixed | None, ...], tuple[bool, ...]]:
    given = answers.get("activities")
    if not given:
        return tuple(mix.typical for mix in plan.mixes), (False,) * len(plan.mixes)
    factors = _factors(plan, given)
    if not all(map(any, factors.values())):
        raise Unfit
    return tuple(
        mix.mixed(factors[mix.occupation]) if mix.occupation in factors else mix.typical for mix in plan.mixes
    ), tuple(mix.occupation in factors for mix in plan.mixes)


def _dimensions(plan: Plan, deviations: list[int], mixed: int) -> tuple[int, ...]:
    """Parts of 10⁸ of each dimension; the mixes add to the tasks' middle; income is 0 where it was not
    asked.
    """
    units = [MIDDLE_UNITS + sum(deviations[start:end]) for start, end in plan.spans]
    units[d.TASKS] += mixed
    if len(deviations) < len(plan.places):
        units[d.INCOME] = 0
    return tuple(units)


def _mix_bounds(plan: Plan, mixes: tuple[Mixed | None, ...]) -> tuple[int, int]:
    """What the mixes add to the middle, at worst and at best; apart only where a mix is unknown."""
    low = high = 0
    for mix, mixed in zip(plan.mixes, mixes, strict=True):
        middle = mix.weight * d.MIDDLE
        low += mixed.units - middle if mixed else -middle
        high += mixed.units - middle if mixed else middle
    return low, high


def _score(answers: dict[str, Any]) -> Scored:
    plan = _plan(answers)
    income = answered(answers.get("income"))
    profile = answers["profile"]
    if "income" in answers and profile != d.CORE_INCOME:
        raise Unfit
    values = list(plan.template)
    seen = _take_skills(plan, answers, values)
    seen |= _take_knowledge(plan, answers, values)
    seen |= _take_behaviours(plan, answers, values)
    if income is None:
        profile = d.CORE
        del values[plan.spans[d.INCOME][0] :]
    else:
        values[plan.spans[d.INCOME][0] :] = income_values(income)
    mixes, own = _mixes(plan, answers)
    weights, middle = plan.weights, d.MIDDLE
    mix_low, mix_high = _mix_bounds(plan, mixes)
    if UNANSWERED in values:
        low = [0 if value < 0 else value for value in values]
        high = [d.VALUE if value < 0 else value for value in values]
        below = [weight * (value - middle) for weight, value in zip(weights, low, strict=False)]
        above = [weight * (value - middle) for weight, value in zip(weights, high, strict=False)]
        units_low, units_high = _dimensions(plan, below, mix_low), _dimensions(plan, above, mix_high)
    else:
        low = high = values
        below = above = [weight * (value - middle) for weight, value in zip(weights, values, strict=False)]
        units_low = units_high = _dimensions(plan, below, mix_low)
        if mix_low != mix_high:
            units_high = _dimensions(plan, above, mix_high)
    groups = quality.groups(answers, plan, values, seen)
    return Scored(plan, answers, profile, low, high, below, above, mixes, own, units_low, units_high, groups)


def score(answers: dict[str, Any]) -> Scored:
    """Score one assessment; raises ``Unscorable`` with everything that is in the way."""
    try:
        return _score(answers)
    except (Unfit, KeyError):
        found = findings(answers)
        if not found:
            raise
        raise Unscorable(found) from None
