"""The frame of charts over time: a plane with marked values at the left and marked moments below."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.charts import svg
from infra.charts.scale import Scale

RIGHT, TOP, BOTTOM, HEIGHT = 10, 30, 28, 240
_LETTER = 8
"""How wide a letter is at most, so that no marked value is cut off at the left."""
Marked = Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Plane:
    """Where moments and values lie; `values` and `moments` are marked, `unit` says what the values count."""

    across: Scale
    up: Scale
    values: Marked
    moments: Marked
    unit: str = ""

    @classmethod
    def of(cls, values: Marked, moments: Marked, unit: str = "") -> "Plane":
        """A plane from the lowest to the highest mark, with room for the longest text of a value."""
        left = 8 + _LETTER * max(len(shown) for _, shown in values)
        across = Scale(moments[0][0], moments[-1][0], left, svg.WIDTH - RIGHT)
        up = Scale(values[0][0], values[-1][0], HEIGHT - BOTTOM, TOP)
        return cls(across, up, values, moments, unit)

    def point(self, moment: int, value: int) -> tuple[float, float]:
        return self.across.at(moment), self.up.at(value)

    def frame(self) -> list[str]:
        """Rules across at the marked values, with their texts, and the texts of the marked moments."""
        left = self.across.start
        drawn = [svg.text(self.unit, 0, 13, kind="t2", size=svg.AXIS)] if self.unit else []
        for value, shown in self.values:
            y = self.up.at(value)
            drawn.append(svg.line("zero" if value == 0 else "rule", [(left, y), (svg.WIDTH - RIGHT, y)]))
            drawn.append(svg.text(shown, left - 6, y + 4, kind="t2", size=svg.AXIS, anchor="end"))
        for place, (moment, shown) in enumerate(self.moments):
            anchor = "start" if place == 0 else "end" if place == len(self.moments) - 1 else "middle"
            x = self.across.at(moment)
            drawn.append(svg.text(shown, x, HEIGHT - 8, kind="t2", size=svg.AXIS, anchor=anchor))
        return drawn
