"""What a person can change, item by item: discrete options with the exact gain of each.

A score is linear in the values of its places, and no two items share a place, so the gain of an option does
not depend on what else is changed. Not changeable: the occupation, months that are past, and shares. What was
left unanswered is no option either: answering is not changing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.engine import Scored
from services.methodology.v1.income import income_values
from services.methodology.v1.plan import UNANSWERED

LEVEL_HIGHEST = d.LEVELS[-1]
SOURCE_STEPS = 4
"""Other sources are raised in quarters of the monthly expenses, the reserve in months of them."""
NOT_CHANGEABLE = ("occupations", "shares", "activities", "income.months_covered", "market.projection")


@dataclass(frozen=True, slots=True)
class Option:
    """One state an item can be brought to: a level, or an amount in minor units, in so many steps.

    A step is one level, one refreshing of what has faded, a quarter of the expenses from other sources, or a
    month of them in reserve. ``gain`` is in units of the score.
    """

    reached: int
    steps: int
    gain: int


@dataclass(frozen=True, slots=True)
class Changeable:
    """An item as it is now, with its options in ascending order of steps, each gaining more than the one
    before.

    ``months`` is ``None`` for what does not fade; ``now`` is a level, or an amount for income.
    """

    id: str
    dimension: int
    now: int
    months: int | None
    options: tuple[Option, ...]

    @property
    def most(self) -> int:
        """The gain of the best option."""
        return self.options[-1].gain


@dataclass(frozen=True, slots=True)
class Scale:
    """Round amounts of money by number of steps, the amount that counts in full, and units per part of it."""

    unit: int
    full: int
    amounts: tuple[tuple[int, int], ...]


def _worthwhile(options: Iterator[Option]) -> tuple[Option, ...]:
    """Without options that gain no more than one of fewer steps."""
    kept: list[Option] = []
    for option in options:
        if option.gain > (kept[-1].gain if kept else 0):
            kept.append(option)
    return tuple(kept)


def faded_months(scored: Scored, answer: dict[str, Any]) -> int:
    """Months since a skill was last refreshed, less the pause; of what is not there nothing can fade."""
    return max(0, answer["months"] - scored.answers.get("pause_months", 0)) if answer["level"] else 0


def _skill(scored: Scored, weights: tuple[int, ...], answer: dict[str, Any]) -> Changeable:
    """Refreshing is one step, and so is each level; a level that is learned is fresh."""
    entry, level, months = scored.plan.skills[answer["id"]], answer["level"], faded_months(scored, answer)
    places, values = scored.plan.places, scored.values_low

    def gain(reached: int) -> int:
        added = weights[d.SKILLS] * sum(
            places[place].weight * (curve[reached][0] - values[place]) for place, curve in entry.targets
        )
        if entry.transfer != UNANSWERED:
            difference = entry.transfer_values[reached] - entry.transfer_values[level]
            added += weights[d.TRANSFER] * places[entry.transfer].weight * difference
        return added

    faded = int(months > 0)
    options = (
        Option(reached, reached - level + faded, gain(reached))
        for reached in range(level if faded else level + 1, LEVEL_HIGHEST + 1)
    )
    return Changeable(answer["id"], d.SKILLS, level, months, _worthwhile(options))


def _knowledge(scored: Scored, weights: tuple[int, ...], answer: dict[str, Any]) -> Changeable:
    place, values = scored.plan.knowledge[answer["id"]]
    level, unit = answer["level"], weights[d.TRANSFER] * scored.plan.places[place].weight
    options = (
        Option(reached, reached - level, unit * (values[reached] - values[level]))
        for reached in range(level + 1, LEVEL_HIGHEST + 1)
    )
    return Changeable(answer["id"], d.TRANSFER, level, None, _worthwhile(options))


def _behaviour(scored: Scored, weights: tuple[int, ...], answer: dict[str, Any]) -> Changeable:
    place = scored.plan.places[scored.plan.behaviours[answer["id"]]]
    unit = weights[place.dimension] * place.weight * d.BEHAVIOUR_STEP
    steps = range(1, LEVEL_HIGHEST - answer["level"] + 1)
    options = tuple(Option(answer["level"] + step, step, unit * step) for step in steps)
    return Changeable(answer["id"], place.dimension, answer["level"], None, options)


def _income(scored: Scored, weights: tuple[int, ...]) -> Iterator[Changeable]:
    """Other sources and the reserve, where all figures that they need were given."""
    income = scored.answers.get("income")
    if not income:
        return
    other, reserve, _ = income_values(income)
    expenses = income.get("expenses", 0)
    units = [weights[d.INCOME] * weight for weight in d.INCOME_WEIGHTS]
    if other != UNANSWERED:
        now = income["sources_total"] - income["largest_source"]
        amounts = [(-(-expenses * step // SOURCE_STEPS), step) for step in range(1, SOURCE_STEPS + 1)]
        full = Scale(units[0], expenses, tuple(amounts))
        yield _amounts("income.other_sources", now, other, full)
    if reserve != UNANSWERED:
        amounts = [(expenses * step, step) for step in range(1, d.RESERVE_MONTHS + 1)]
        full = Scale(units[1], expenses * d.RESERVE_MONTHS, tuple(amounts))
        yield _amounts("income.reserve", income["reserve"], reserve, full)


def _amounts(item: str, now: int, value: int, scale: Scale) -> Changeable:
    """Options at round amounts above what is there; steps count from the last round one at or below it."""
    passed = sum(amount <= now for amount, _ in scale.amounts)
    options = (
        Option(amount, step - passed, scale.unit * (min(d.VALUE, d.VALUE * amount // scale.full) - value))
        for amount, step in scale.amounts[passed:]
    )
    return Changeable(item, d.INCOME, now, None, _worthwhile(options))


def changeable(scored: Scored) -> tuple[Changeable, ...]:
    """Every answered item that can still be raised, by id."""
    answers, weights = scored.answers, d.WEIGHTS[scored.profile]
    items = [_skill(scored, weights, answer) for answer in answers.get("skills", ())]
    items += [_knowledge(scored, weights, answer) for answer in answers.get("knowledge", ())]
    items += [_behaviour(scored, weights, answer) for answer in answers.get("behaviours", ())]
    items += _income(scored, weights) if scored.profile == d.CORE_INCOME else ()
    return tuple(sorted((item for item in items if item.options), key=lambda item: item.id))


def unanswered(scored: Scored) -> list[str]:
    """Ids of items that were left open, in the order of the plan; of two occupations' shared item once."""
    open_places = [
        scored.plan.places[number].id
        for number, (low, high) in enumerate(zip(scored.values_low, scored.values_high, strict=True))
        if low != high and scored.plan.places[number].dimension != d.MARKET
    ]
    return list(dict.fromkeys(open_places))
