"""A waterfall: from a beginning, by steps up and down, to an end that is visibly their sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from infra.charts import svg
from infra.charts.chart import Caption, Chart, Table
from infra.charts.scale import Scale, wrapped

_LINE, _THICK, _GAP, _LETTERS = 15, 14, 11, 44


@dataclass(frozen=True, slots=True)
class Step:
    """`value` is a change, or for a total the value reached. `shown` and `reached` are texts."""

    label: str
    value: int
    shown: str
    reached: str = ""
    kind: Literal["change", "total"] = "change"


class DoesNotAddUp(ValueError):
    """The steps do not lead to a total. Says where and by how much."""


def waterfall(caption: Caption, steps: Sequence[Step], most: int) -> Chart:
    """Steps in integers of one unit on a scale from 0 (or below) to `most`. Raises DoesNotAddUp."""
    levels = _levels(steps)
    across = Scale(min(0, *levels), max(most, *levels), 0, svg.WIDTH)
    parts, y, before = [], 0.0, 0
    for step, after in zip(steps, levels, strict=True):
        for written in wrapped(step.label, _LETTERS):
            y += _LINE
            parts.append(svg.text(written, 0, y - 4, kind="t!" if step.kind == "total" else "t"))
        parts.append(svg.text(step.shown, svg.WIDTH, y - 4, kind="t!", anchor="end"))
        parts += _bar(step, before, after, across, y)
        y += _THICK + _GAP
        before = after
    table = Table(caption.head, tuple((step.label, step.shown, step.reached) for step in steps))
    return Chart(caption.title, svg.document(caption, y, parts), table)


def _bar(step: Step, before: int, after: int, across: Scale, y: float) -> list[str]:
    if step.kind == "total":
        return [
            svg.rectangle("ground", 0, y, svg.WIDTH, _THICK, rounded=2),
            svg.rectangle("ink", across.at(0), y, across.span(after), _THICK, rounded=2),
        ]
    kind = "f1" if step.value >= 0 else "f2"
    return [
        svg.rectangle("ground", 0, y, svg.WIDTH, _THICK, rounded=2),
        svg.rectangle(kind, across.at(before), y, across.span(step.value), _THICK),
        svg.line("mark", [(across.at(after), y - 2), (across.at(after), y + _THICK + _GAP - 2)], 1),
    ]


def _levels(steps: Sequence[Step]) -> list[int]:
    levels: list[int] = []
    level = 0
    for step in steps:
        if step.kind == "change":
            level += step.value
        elif levels and step.value != level:
            raise DoesNotAddUp(f"{step.label}: the steps reach {level}, not {step.value}")
        else:
            level = step.value
        levels.append(level)
    return levels
