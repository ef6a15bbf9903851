"""The frame of charts over time: a plane with marked values at the left and marked moments below."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.charts import svg
from infra.charts.scale import Scale

LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 38, 10, 12, 26, 220


@dataclass(frozen=True, slots=True)
class Plane:
    """Where moments and values lie."""

    across: Scale
    up: Scale

    def point(self, moment: int, value: int) -> tuple[float, float]:
        return self.across.at(moment), self.up.at(value)


def plane(moments: tuple[int, int], values: tuple[int, int]) -> Plane:
    """A plane for closed ranges of moments and of values."""
    return Plane(Scale(*moments, LEFT, svg.WIDTH - RIGHT), Scale(*values, HEIGHT - BOTTOM, TOP))


def frame(on: Plane, values: Sequence[tuple[int, str]], moments: Sequence[tuple[int, str]]) -> list[str]:
    """Rules across at the marked values, with their texts, and the texts of the marked moments."""
    drawn = []
    for value, shown in values:
        y = on.up.at(value)
        drawn.append(svg.line("zero" if value == 0 else "rule", [(LEFT, y), (svg.WIDTH - RIGHT, y)]))
        drawn.append(svg.text(shown, LEFT - 6, y + 4, kind="t2", size=11, anchor="end"))
    for place, (moment, shown) in enumerate(moments):
        anchor = "start" if place == 0 else "end" if place == len(moments) - 1 else "middle"
        drawn.append(svg.text(shown, on.across.at(moment), HEIGHT - 8, kind="t2", size=11, anchor=anchor))
    return drawn
