"""A waterfall: from a beginning, by steps up and down, to an end that is visibly their sum.

Drawn is the part of the scale that is used, with its two ends named. So a total is a mark at its value and no bar: a
bar would have to begin at nothing. What is open is hatched, and a total is then an interval.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from infra.charts import svg
from infra.charts.chart import Caption, Chart, Table
from infra.charts.scale import Scale, ticks, wrapped

_LINE, _THICK, _GAP, _LETTERS, _MARK = 18, 14, 11, 34, 6
_EDGE = 4.0


@dataclass(frozen=True, slots=True)
class Step:
    """`value` is a change, for a total the value reached, for what is open how much more there could be; a total's
    `high` is its upper end. `shown` and `reached` are texts.
    """

    label: str
    value: int
    shown: str
    reached: str = ""
    kind: Literal["change", "total", "open"] = "change"
    high: int | None = None


class DoesNotAddUp(ValueError):
    """The steps do not lead to a total. Says where and by how much."""


def waterfall(
    caption: Caption, steps: Sequence[Step], limits: tuple[int, int], written: Callable[[int], str]
) -> Chart:
    """Steps in integers of one unit on a scale within `limits`; `written` names its ends. Raises DoesNotAddUp."""
    levels = _levels(steps)
    across = _zoomed([*levels, *(_end(one, level) for one, level in zip(steps, levels, strict=True))], limits)
    parts, y, before = [], 0.0, levels[0]
    for step, after in zip(steps, levels, strict=True):
        for words in wrapped(step.label, _LETTERS):
            y += _LINE
            parts.append(svg.text(words, 0, y - 4, kind="t!" if step.kind == "total" else "t"))
        parts.append(svg.text(step.shown, svg.WIDTH, y - 4, kind="t!", anchor="end"))
        parts.append(svg.rectangle("ground", 0, y, svg.WIDTH, _THICK, rounded=2))
        parts += _drawn(step, before, after, across, y)
        y += _THICK + _GAP
        before = after
    ends = ((across.low, 0.0, "start"), (across.high, float(svg.WIDTH), "end"))
    parts += [svg.text(written(value), x, y + 4, kind="t2", size=svg.AXIS, anchor=side) for value, x, side in ends]
    table = Table(caption.head, tuple((step.label, step.shown, step.reached) for step in steps))
    return Chart(caption.title, svg.document(caption, y + 12, parts), table)


def _drawn(step: Step, before: int, after: int, across: Scale, y: float) -> list[str]:
    end = _end(step, after)
    if step.kind == "total":
        between = [svg.hatched("mark", across.at(after), y, across.span(end - after), _THICK)] if end != after else []
        marks = [svg.rectangle("ink", across.at(one) - _MARK / 2, y - 2, _MARK, _THICK + 4) for one in {after, end}]
        return [*between, *marks]
    if step.kind == "open":
        return [svg.hatched("l3", across.at(after), y, across.span(step.value), _THICK)]
    return [
        svg.rectangle("f1" if step.value >= 0 else "f2", across.at(before), y, across.span(step.value), _THICK),
        svg.line("mark", [(across.at(after), y - 2), (across.at(after), y + _THICK + _GAP - 2)], 1),
    ]


def _end(step: Step, level: int) -> int:
    """The highest value that a step draws, beside the level that it leads to."""
    if step.kind == "open":
        return level + step.value
    return level if step.high is None else step.high


def _zoomed(values: Sequence[int], limits: tuple[int, int]) -> Scale:
    """From a round value below all to one above, neither beyond the limits."""
    low, high = min(values), max(values)
    marked = ticks(*limits, most=21)
    step = marked[1] - marked[0]
    below, above = low - (low - limits[0]) % step, high + (limits[0] - high) % step
    if above - below < 2 * step:
        below = max(limits[0], below - step)
        above = min(limits[1], below + 2 * step)
    return Scale(below, above, _EDGE, svg.WIDTH - _EDGE)


def _levels(steps: Sequence[Step]) -> list[int]:
    levels: list[int] = []
    level = 0
    for step in steps:
        if step.kind == "change":
            level += step.value
        elif step.kind == "total" and levels and step.value != level:
            raise DoesNotAddUp(f"{step.label}: the steps reach {level}, not {step.value}")
        elif step.kind == "total":
            level = step.value
        levels.append(level)
    return levels
