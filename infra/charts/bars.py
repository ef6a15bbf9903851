"""Bars along a line of text each: readable on a phone whatever the length of the labels."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.charts import svg
from infra.charts.chart import Caption, Chart, Table
from infra.charts.scale import Scale, wrapped

_ROW, _THICK, _LINE, _LETTERS = 42, 12, 18, 36


@dataclass(frozen=True, slots=True)
class Bar:
    """`value` and, where it is uncertain, its closed band; `shown` and `band` are these as text."""

    label: str
    value: int
    shown: str
    low: int | None = None
    high: int | None = None
    band: str = ""
    kind: str = "f1"


def bars(caption: Caption, rows: Sequence[Bar], most: int) -> Chart:
    """Horizontal bars from 0 to `most` in the values' own unit; a band is drawn as a whisker."""
    across = Scale(0, most, 0, svg.WIDTH)
    parts, y = [], 0.0
    for row in rows:
        for written in wrapped(row.label, _LETTERS):
            y += _LINE
            parts.append(svg.text(written, 0, y - 3))
        parts.append(svg.text(row.shown, svg.WIDTH, y - 3, kind="t!", anchor="end"))
        parts.append(svg.rectangle("ground", 0, y + 2, svg.WIDTH, _THICK, rounded=3))
        parts.append(svg.rectangle(row.kind, 0, y + 2, across.span(row.value), _THICK, rounded=3))
        if row.low is not None and row.high is not None:
            parts += whisker(across.at(row.low), across.at(row.high), y + 2 + _THICK / 2)
        y += _ROW - _LINE
    table = Table(caption.head, tuple((row.label, row.shown, row.band)[: len(caption.head)] for row in rows))
    return Chart(caption.title, svg.document(caption, y, parts), table)


def whisker(low: float, high: float, y: float) -> list[str]:
    """A band as a thin line with two ends."""
    ends = [svg.line("mark", [(x, y - 4), (x, y + 4)], 1.5) for x in (low, high)]
    return [svg.line("mark", [(low, y), (high, y)], 1.5), *ends]
