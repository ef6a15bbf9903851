"""Lines over time, each with its own dash and shape as well as its colour, and its name in a legend below.

Lines that run through the same points are one line, which the legend shows beside each of their names: drawn over
each other none of them could be told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.charts import svg
from infra.charts.axes import HEIGHT, Plane
from infra.charts.chart import Caption, Chart, Table
from infra.charts.scale import wrapped

_KINDS = ("l1", "l2", "l3", "l4", "l5", "l6")
_DASHES = ("", "8 4", "2 3", "10 3 2 3", "16 4", "4 2")
_LEGEND, _LETTERS = 21, 36
_FEW = 8
"""Points of a line up to which each of them is marked; a line of more is told by its dash."""
MOST = len(_KINDS)


@dataclass(frozen=True, slots=True)
class Line:
    """Points (moment, value) in order; `shown` has the text of each for the table."""

    label: str
    points: tuple[tuple[int, int], ...]
    shown: tuple[str, ...]


def lines(caption: Caption, drawn: Sequence[Line], on: Plane) -> Chart:
    """At most MOST lines. Raises ValueError for more than can be told apart."""
    if len(drawn) > MOST:
        raise ValueError(f"{len(drawn)} lines cannot be told apart; {MOST} can")
    parts = on.frame()
    styles = {way: place for place, way in enumerate(dict.fromkeys(one.points for one in drawn))}
    for way, place in styles.items():
        points = [on.point(*point) for point in way]
        parts.append(svg.line(_KINDS[place], points, 2.5, _DASHES[place]))
        parts += [svg.mark(f"f{place + 1}", place, *point) for point in points if len(points) <= _FEW]
    height = float(HEIGHT)
    for one in drawn:
        height, place = height + _LEGEND, styles[one.points]
        parts.append(svg.line(_KINDS[place], [(0, height - 11), (30, height - 11)], 2.5, _DASHES[place]))
        if len(one.points) <= _FEW:
            parts.append(svg.mark(f"f{place + 1}", place, 15, height - 11))
        parts.append(svg.text(wrapped(one.label, _LETTERS, 1)[0], 38, height - 6))
    table = Table(caption.head, tuple((one.label, *one.shown) for one in drawn))
    return Chart(caption.title, svg.document(caption, height, parts), table)
