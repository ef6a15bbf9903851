"""A value with its band on a scale: what is known, and how well."""

from dataclasses import dataclass

from infra.charts import svg
from infra.charts.chart import Caption, Chart, Table
from infra.charts.scale import Scale

_Y, _THICK, _HEIGHT = 44.0, 16.0, 92.0


@dataclass(frozen=True, slots=True)
class Banded:
    """A value (or, where `low` and `high` differ, an interval) and its band, each with its text."""

    low: int
    high: int
    band_low: int
    band_high: int
    shown: str
    band: str


def band(caption: Caption, value: Banded, marks: tuple[tuple[int, str], ...]) -> Chart:
    """On a scale whose ends and middle are `marks`, from the lowest to the highest."""
    across = Scale(marks[0][0], marks[-1][0], 8, svg.WIDTH - 8)
    left, right = across.at(value.band_low), across.at(value.band_high)
    middle = (across.at(value.low) + across.at(value.high)) / 2
    parts = [
        svg.rectangle("ground", 8, _Y, svg.WIDTH - 16, _THICK, rounded=8),
        svg.rectangle("b1", left, _Y, right - left, _THICK, rounded=8),
        svg.outline("l1", left, _Y, right - left, _THICK, rounded=8),
    ]
    if value.low == value.high:
        parts.append(svg.rectangle("f1", middle - 3, _Y - 8, 6, _THICK + 16, rounded=3))
    else:
        width = across.at(value.high) - across.at(value.low)
        parts.append(svg.rectangle("f1", across.at(value.low), _Y - 4, width, _THICK + 8, rounded=4))
    anchor = "start" if middle < 60 else "end" if middle > svg.WIDTH - 60 else "middle"
    parts.append(svg.text(value.shown, middle, _Y - 16, kind="t!", size=20, anchor=anchor))
    for place, (mark, shown) in enumerate(marks):
        side = "start" if place == 0 else "end" if place == len(marks) - 1 else "middle"
        x = 0 if place == 0 else svg.WIDTH if place == len(marks) - 1 else across.at(mark)
        parts.append(svg.text(shown, x, _Y + _THICK + 22, kind="t2", anchor=side))
    table = Table(caption.head, ((caption.title, value.shown, value.band),))
    return Chart(caption.title, svg.document(caption, _HEIGHT, parts), table)
