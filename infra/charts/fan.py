"""A fan: what may come, as bands that widen from now on, and a line for each named scenario."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.charts import svg
from infra.charts.axes import HEIGHT, Plane
from infra.charts.chart import Caption, Chart, Table
from infra.charts.scale import wrapped

_KINDS = ("l2", "l1", "l3")
_DASHES = ("7 4", "", "2 3")
_FIELDS = (("b0", "l6", "2 3"), ("b1", "l1", ""))
"""The outer field and the inner one: its fill, and its edge, by which it is seen."""
_LEGEND, _LETTERS = 21, 36


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named future: points (moment, value) from now on, and the text of each."""

    label: str
    points: tuple[tuple[int, int], ...]
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A field of futures: (moment, low, high) from now on, and the text of each."""

    label: str
    spans: tuple[tuple[int, int, int], ...]
    shown: tuple[str, ...]


def fan(caption: Caption, scenarios: Sequence[Scenario], bands: Sequence[Band], on: Plane) -> Chart:
    """Up to three scenarios over up to two bands, the wider one first."""
    if len(scenarios) > len(_KINDS) or len(bands) > len(_FIELDS):
        raise ValueError(f"{len(scenarios)} scenarios and {len(bands)} bands cannot be told apart")
    fields = _FIELDS[len(_FIELDS) - len(bands) :]
    parts: list[str] = []
    for (fill, edge, dashes), band in zip(fields, bands, strict=True):
        above = [on.point(moment, high) for moment, _, high in band.spans]
        below = [on.point(moment, low) for moment, low, _ in band.spans]
        parts.append(svg.area(fill, [*above, *reversed(below)]))
        parts += [svg.line(edge, way, 1, dashes) for way in (above, below)]
    parts += on.frame()
    height = float(HEIGHT)
    for place, one in enumerate(scenarios):
        points = [on.point(*point) for point in one.points]
        parts.append(svg.line(_KINDS[place], points, 2.5, _DASHES[place]))
        parts += [svg.mark(f"f{_KINDS[place][1]}", place, *point) for point in points]
        height += _LEGEND
        parts.append(svg.line(_KINDS[place], [(0, height - 11), (30, height - 11)], 2.5, _DASHES[place]))
        parts.append(svg.mark(f"f{_KINDS[place][1]}", place, 15, height - 11))
        parts.append(svg.text(wrapped(one.label, _LETTERS, 1)[0], 38, height - 6))
    for (fill, edge, dashes), band in zip(fields, bands, strict=True):
        height += _LEGEND
        parts.append(svg.rectangle(fill, 0, height - 17, 30, 12))
        parts += [svg.line(edge, [(0, y), (30, y)], 1, dashes) for y in (height - 17, height - 5)]
        parts.append(svg.text(wrapped(band.label, _LETTERS, 1)[0], 38, height - 6))
    rows = (*((one.label, *one.shown) for one in scenarios), *((one.label, *one.shown) for one in bands))
    return Chart(caption.title, svg.document(caption, height, parts), Table(caption.head, rows))
