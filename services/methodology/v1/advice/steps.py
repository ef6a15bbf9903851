"""Steps of learning: a knowledge area or a technology to a level, with its exact gain and its hours."""

from dataclasses import dataclass
from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.advice.behaviours import behaviour
from services.methodology.v1.advice.changes import Changeable
from services.methodology.v1.advice.effort import hours, spread

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """An item brought from what it is to a level, with nothing faded; hours are the middle of the range."""

    item: str
    now: int
    months: int | None
    reached: int
    gain: int
    hours: int

    def told(self) -> Document:
        return {
            "id": self.item,
            "kind": "technology" if self.item.startswith("tech.") else "knowledge",
            "from": {"level": self.now, **({} if self.months is None else {"months": self.months})},
            "to": {"level": self.reached, **({} if self.months is None else {"months": 0})},
            "gain": self.gain,
            "hours": spread(self.hours),
            "gain_per_hour": self.gain // self.hours,
        }


def learnable(items: tuple[Changeable, ...]) -> list[tuple[Step, ...]]:
    """By item, in the order of ids, the steps that can be taken of it: skills and knowledge areas."""
    return [
        tuple(
            Step(item.id, item.now, item.months, option.reached, option.gain, hours(item.now, option.reached))
            for option in item.options
        )
        for item in items
        if item.dimension in (d.SKILLS, d.TRANSFER)
    ]


def ranked(groups: list[tuple[Step, ...]]) -> list[Step]:
    """Every step, the most gain per hour first; ties by hours, then by id."""
    steps = [step for group in groups for step in group]
    return sorted(steps, key=lambda step: (-(step.gain * 10**6 // step.hours), step.hours, step.item))


def practices(items: tuple[Changeable, ...], language: str = "en") -> list[Document]:
    """Behaviours one level up, as what to do; they take no hours of study but another way of working."""
    return [
        {
            "id": item.id,
            "from": {"level": item.now},
            "to": {"level": item.options[0].reached},
            "gain": item.options[0].gain,
            "behaviour": behaviour(item.id, item.options[0].reached, language),
        }
        for item in items
        if item.dimension in (d.AI, d.LEARNING)
    ]
