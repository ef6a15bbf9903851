"""The worked example as a sum that anybody can change: each item adds W · w · (v − 5,000) to the scale's middle."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from infra.charts.chart import Caption, Chart
from infra.charts.waterfall import Step, waterfall
from infra.pages.form import Form
from infra.pages.visit import Visit
from schemas.points import rounded
from services.methodology.version import Version, load

BASE = 5 * 10**9
"""The middle of the scale, in units of 10⁻⁸ points."""
HIGHEST = 10_000
_POINTS = 10**10


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the example: `weight` of 10,000 in a dimension of `dimension_weight` of 100, `value` of 10,000.

    `settled` are the units that an activity has beside this: the activities are divided once, all together, and what
    their own cut values leave over is settled among them.
    """

    id: str
    dimension: str
    dimension_weight: int
    weight: int
    value: int
    settled: int = 0

    @classmethod
    def of(cls, dimension: Mapping[str, Any], item: Mapping[str, Any]) -> "Item":
        """From an explanation as the engine gives it."""
        plain = cls(item["id"], dimension["id"], dimension["weight"], item["weight"], item["value"])
        return replace(plain, settled=item["contribution"] - plain.contribution)

    @property
    def contribution(self) -> int:
        """In units of 10⁻⁸ points, counted from the middle of the scale."""
        return self.dimension_weight * self.weight * (self.value - HIGHEST // 2) + self.settled

    @property
    def field(self) -> str:
        """Its field in the form, and the id of that."""
        return f"v.{self.dimension}.{self.id}"


@dataclass(frozen=True, slots=True)
class Example:
    """The example as the engine scored it."""

    items: tuple[Item, ...]
    score: int

    @property
    def weights(self) -> Mapping[str, int]:
        """The weight of each dimension."""
        return {one.dimension: one.dimension_weight for one in self.items}


@cache
def worked_example() -> Example:
    """The person of `docs/methodology/score.md`."""
    version = load()
    told = version.score(version.publication().example()).detail()["explanation"]
    items = tuple(Item.of(one, item) for one in told["dimensions"] for item in one["items"])
    return Example(items, told["score"]["low"])


@dataclass(frozen=True, slots=True)
class Calculation:
    """`score` is the sum of what was entered; `example` what the engine gives for the example."""

    items: tuple[Item, ...]
    score: int
    example: int
    mistakes: Mapping[str, str]

    @classmethod
    def of(cls, example: Example, form: Form, says: Callable[..., str]) -> "Calculation":
        """The example with the values of the form; a value that is none stays the example's and is named."""
        items, mistakes = [], {}
        for item in example.items:
            given = form.get(item.field, str(item.value))
            if given.isascii() and given.isdigit() and int(given[:6]) <= HIGHEST:
                items.append(replace(item, value=int(given[:6])))
            else:
                items.append(item)
                mistakes[item.field] = says("A value is a whole number from 0 to 10,000.")
        return cls(tuple(items), BASE + sum(one.contribution for one in items), example.score, mistakes)

    @property
    def points(self) -> int:
        """The score in tenths of a point, halves upwards."""
        return rounded(self.score, 1)

    @property
    def by_dimension(self) -> Mapping[str, list[Item]]:
        """The items in the order of the dimensions."""
        return {name: [one for one in self.items if one.dimension == name] for name in self._names}

    @property
    def _names(self) -> list[str]:
        return list(dict.fromkeys(one.dimension for one in self.items))

    def waterfall(self, version: Version, visit: Visit) -> Chart:
        """From 50 to the score by what each dimension adds."""
        sums = {name: sum(one.contribution for one in items) for name, items in self.by_dimension.items()}
        levels, level = [], BASE
        for added in sums.values():
            level += added
            levels.append(level)
        steps = [
            Step(visit.says("The middle of the scale"), BASE, _points(visit, BASE), _points(visit, BASE), "total"),
            *(
                Step(
                    version.text(f"dimension.{name}", visit.language),
                    added,
                    _points(visit, added, signed=True),
                    _points(visit, reached),
                )
                for (name, added), reached in zip(sums.items(), levels, strict=True)
            ),
            Step(visit.says("Score"), self.score, _points(visit, self.score), _points(visit, self.score), "total"),
        ]
        caption = Caption(
            "sum",
            visit.says("How the score adds up"),
            visit.says("From 50 points, what each dimension adds or takes away, to the score."),
            (visit.says("Dimension"), visit.says("Points"), visit.says("Reached")),
        )
        return waterfall(caption, steps, (0, _POINTS), lambda units: visit.formats.number(rounded(units)))


def _points(visit: Visit, units: int, *, signed: bool = False) -> str:
    """Units as points with one decimal, halves upwards."""
    return visit.formats.number(rounded(units, 1), 1, signed=signed)
