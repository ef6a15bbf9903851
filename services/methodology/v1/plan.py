"""What a portfolio of one to three occupations asks and how each item weighs, compiled once and then only
read.

All items but the activities have a fixed *place* in one flat list: task ratings, skills, AI, learning,
market, transferability, income. Activities weigh by the person's own mix and stand in ``mixes``. An item that
two occupations ask has one place for each, scored against each one's requirement, and is shown as one.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from services.methodology.v1 import definition as d
from services.methodology.v1.apportion import apportion, settle
from services.methodology.v1.tables import Occupation, currency, half_life_class, tables
from services.methodology.v1.uncertainty import Errors, errors_of

UNANSWERED = -1

Portfolio = tuple[tuple[str, int], ...]
Curve = tuple[tuple[int, ...], ...]


class Place(NamedTuple):
    """One item of one occupation (or of none): its dimension and its weight in parts of 10,000."""

    id: str
    dimension: int
    weight: int
    occupation: str = ""
    required: int = 0


@dataclass(frozen=True, slots=True)
class Mixed:
    """The result of one mix: the dimension units it gives, what each activity adds to the middle, and
    its part.
    """

    units: int
    deviations: tuple[int, ...]
    numerators: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MixPlan:
    """The activities of one occupation; ``weight`` is what they have together, 0 to 3,334."""

    occupation: str
    weight: int
    ids: tuple[str, ...]
    shares: tuple[int, ...]
    values: tuple[int, ...]
    typical: Mixed | None

    def mixed(self, factors: list[int]) -> Mixed:
        """The mix under the person's own factors (per mille), of which one at least is above 0.

        One floor division gives the units, so more work of an activity less exposed than the mix never lowers
        them; the activities' parts are settled to that sum by largest remainder, ties by id.
        """
        numerators = [share * factor for share, factor in zip(self.shares, factors, strict=True)]
        whole = sum(numerators)
        weight = self.weight
        pulls = [
            weight * numerator * (value - d.MIDDLE) for numerator, value in zip(numerators, self.values, strict=True)
        ]
        added = sum(pulls) // whole
        return Mixed(added + weight * d.MIDDLE, tuple(settle(pulls, whole, added)), tuple(numerators))


class Group(NamedTuple):
    """An item as it is shown: its places (several where occupations share it), their weight, and fixed
    factors.
    """

    id: str
    occupation: str
    weight: int
    places: tuple[int, ...]
    factors: dict[str, int | str]


@dataclass(frozen=True, slots=True)
class SkillEntry:
    """Where a skill's answer goes: places with their value curves, and its place in transferability if
    it has one.
    """

    targets: tuple[tuple[int, Curve], ...]
    transfer: int
    transfer_values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about a portfolio that does not depend on answers. ``spans`` are the places of each
    dimension.
    """

    portfolio: tuple[tuple[Occupation, int], ...]
    places: tuple[Place, ...]
    weights: tuple[int, ...]
    template: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    skills: dict[str, SkillEntry]
    knowledge: dict[str, tuple[int, tuple[int, ...]]]
    behaviours: dict[str, int]
    mixes: tuple[MixPlan, ...]
    groups: tuple[tuple[Group, ...], ...]
    errors: Errors

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(occupation.code for occupation, _ in self.portfolio)


def _task_weights(portfolio: list[tuple[Occupation, int]]) -> list[int]:
    parts = (d.HUMAN_WEIGHT, d.MODEL_WEIGHT, d.MIX_WEIGHT)
    return apportion([share * part for _, share in portfolio for part in parts], d.VALUE)


def _ratings(portfolio: list[tuple[Occupation, int]]) -> list[tuple[Place, int]]:
    weights = _task_weights(portfolio)
    return [
        (Place(name, d.TASKS, weights[3 * number + part], occupation.code), value)
        for number, (occupation, _) in enumerate(portfolio)
        for part, (name, value) in enumerate(
            (("tasks.human_rating", occupation.human), ("tasks.model_rating", occupation.model))
        )
    ]


def _mix_plan(occupation: Occupation, weight: int) -> MixPlan:
    ids, shares, values = (
        tuple(getattr(activity, field) for activity in occupation.mix) for field in ("id", "share", "value")
    )
    plan = MixPlan(occupation.code, weight, ids, shares, values, None)
    if not ids:
        return plan
    typical = plan.mixed([d.TYPICAL_FACTOR] * len(ids))
    return MixPlan(occupation.code, weight, ids, shares, values, typical)


def _skills(portfolio: list[tuple[Occupation, int]]) -> list[Place]:
    asked = sorted(
        (skill.id, occupation.code, share * skill.weight, skill.required)
        for occupation, share in portfolio
        for skill in occupation.skills
    )
    weights = apportion([numerator for _, _, numerator, _ in asked], d.VALUE)
    return [
        Place(item, d.SKILLS, weight, code, required)
        for (item, code, _, required), weight in zip(asked, weights, strict=True)
    ]


@cache
def _asked_of_all() -> dict[int, list[Place]]:
    """The items that do not depend on the occupation, by dimension."""
    return {
        d.AI: [Place(*pair) for pair in zip(d.AI_ITEMS, [d.AI] * 6, d.BEHAVIOUR_WEIGHTS, strict=True)],
        d.LEARNING: [
            Place(*pair) for pair in zip(d.LEARNING_ITEMS, [d.LEARNING] * 6, d.BEHAVIOUR_WEIGHTS, strict=True)
        ],
        d.TRANSFER: [Place(area.id, d.TRANSFER, area.weight) for area in tables().transfer],
        d.INCOME: [Place(*pair) for pair in zip(d.INCOME_ITEMS, [d.INCOME] * 3, d.INCOME_WEIGHTS, strict=True)],
    }


def _market(portfolio: list[tuple[Occupation, int]]) -> list[tuple[Place, int]]:
    return [
        (
            Place("market.projection", d.MARKET, share * 10, occupation.code),
            UNANSWERED if occupation.market is None else occupation.market,
        )
        for occupation, share in portfolio
    ]


def _entries(places: list[Place], transfer_start: int) -> dict[str, SkillEntry]:
    areas = {area.id: (transfer_start + number, area.values) for number, area in enumerate(tables().transfer)}
    targets: dict[str, list[tuple[int, Curve]]] = {}
    for number, place in enumerate(places):
        if place.dimension == d.SKILLS:
            curve = currency(half_life_class(place.id), place.required)
            targets.setdefault(place.id, []).append((number, curve))
    return {item: SkillEntry(tuple(found), *areas.get(item, (UNANSWERED, ()))) for item, found in targets.items()}


def _fixed_factors(
    places: list[Place], values: list[int], occupations: dict[str, Occupation]
) -> dict[str, int | str]:
    """The factors of an item that no answer changes: the requirement, the exposure, or the projection."""
    first = places[0]
    if first.dimension == d.SKILLS:
        if len(places) == 1:
            return {"required": first.required}
        return {f"required.{place.occupation}": place.required for place in places}
    if first.dimension == d.TASKS:
        return {"exposure": d.VALUE - values[0]}
    if first.dimension == d.MARKET and values[0] != UNANSWERED:
        return {"change_percent": occupations[first.occupation].change_percent}
    return {}


def _groups(
    flat: list[tuple[Place, int]], span: tuple[int, int], occupations: dict[str, Occupation]
) -> tuple[Group, ...]:
    """The shown items of one dimension; a skill that two occupations ask is one item."""
    gathered: dict[tuple[str, str], list[int]] = {}
    for number in range(*span):
        place = flat[number][0]
        bound = place.occupation if place.dimension in (d.TASKS, d.MARKET) else ""
        gathered.setdefault((place.id, bound), []).append(number)
    return tuple(
        Group(
            item,
            bound,
            sum(flat[number][0].weight for number in numbers),
            tuple(numbers),
            _fixed_factors(
                [flat[number][0] for number in numbers], [flat[number][1] for number in numbers], occupations
            ),
        )
        for (item, bound), numbers in gathered.items()
    )


@lru_cache(maxsize=4096)
def plan_for(key: Portfolio) -> Plan:
    """The plan of ``((code, share per mille), …)`` in code order; ``KeyError`` names a code that is
    unknown.
    """
    portfolio = [(tables().occupations[code], share) for code, share in key]
    common = _asked_of_all()
    by_dimension: list[list[tuple[Place, int]]] = [
        _ratings(portfolio),
        [(place, UNANSWERED) for place in _skills(portfolio)],
        [(place, UNANSWERED) for place in common[d.AI]],
        [(place, UNANSWERED) for place in common[d.LEARNING]],
        _market(portfolio),
        [(place, UNANSWERED) for place in common[d.TRANSFER]],
        [(place, UNANSWERED) for place in common[d.INCOME]],
    ]
    ends = [sum(len(part) for part in by_dimension[: number + 1]) for number in range(len(by_dimension))]
    spans = tuple(zip([0, *ends[:-1]], ends, strict=True))
    flat = list(chain.from_iterable(by_dimension))
    places = [place for place, _ in flat]
    skills = _entries(places, spans[d.TRANSFER][0])
    weights = _task_weights(portfolio)
    return Plan(
        portfolio=tuple(portfolio),
        places=tuple(places),
        weights=tuple(place.weight for place in places),
        template=tuple(value for _, value in flat),
        spans=spans,
        skills=skills,
        knowledge={
            area.id: (spans[d.TRANSFER][0] + number, area.values)
            for number, area in enumerate(tables().transfer)
            if area.id not in skills
        },
        behaviours={place.id: number for number, place in enumerate(places) if place.dimension in (d.AI, d.LEARNING)},
        mixes=tuple(
            _mix_plan(occupation, weights[3 * number + 2]) for number, (occupation, _) in enumerate(portfolio)
        ),
        groups=tuple(_groups(flat, span, {one.code: one for one, _ in portfolio}) for span in spans),
        errors=errors_of(portfolio, [place for place in places if place.dimension == d.SKILLS]),
    )
