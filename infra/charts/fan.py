"""A fan: what may come, as bands that widen from now on, and a line for each named scenario."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.charts import svg
from infra.charts.axes import HEIGHT, frame, plane
from infra.charts.chart import Caption, Chart, Table
from infra.charts.scale import wrapped

_KINDS = ("l2", "l1", "l3")
_DASHES = ("7 4", "", "2 3")
_LEGEND, _LETTERS = 18, 50


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named future: points (moment, value) from now on, and the text of each."""

    label: str
    points: tuple[tuple[int, int], ...]
    shown: tuple[str, ...]


def fan(
    caption: Caption,
    scenarios: Sequence[Scenario],
    bands: Sequence[tuple[str, Sequence[tuple[int, int, int]]]],
    values: Sequence[tuple[int, str]],
    moments: Sequence[tuple[int, str]],
) -> Chart:
    """Up to three scenarios over bands (label, (moment, low, high)…), the widest band first."""
    if len(scenarios) > len(_KINDS):
        raise ValueError(f"{len(scenarios)} scenarios cannot be told apart; {len(_KINDS)} can")
    on = plane((moments[0][0], moments[-1][0]), (values[0][0], values[-1][0]))
    parts = []
    for place, (_, band) in enumerate(bands):
        above = [on.point(moment, high) for moment, _, high in band]
        below = [on.point(moment, low) for moment, low, _ in reversed(band)]
        parts.append(svg.area("b0" if place < len(bands) - 1 else "b1", [*above, *below]))
    parts += frame(on, values, moments)
    height = float(HEIGHT)
    for place, one in enumerate(scenarios):
        points = [on.point(*point) for point in one.points]
        parts.append(svg.line(_KINDS[place], points, 2.5, _DASHES[place]))
        parts += [svg.dot(f"f{_KINDS[place][1]}", *point, 3) for point in points]
        height += _LEGEND
        parts.append(svg.line(_KINDS[place], [(0, height - 10), (30, height - 10)], 2.5, _DASHES[place]))
        parts.append(svg.text(wrapped(one.label, _LETTERS, 1)[0], 38, height - 6))
    for place, (label, _) in enumerate(bands):
        height += _LEGEND
        parts.append(svg.rectangle("b0" if place < len(bands) - 1 else "b1", 0, height - 16, 30, 12))
        parts.append(svg.text(wrapped(label, _LETTERS, 1)[0], 38, height - 6))
    table = Table(caption.head, tuple((one.label, *one.shown) for one in scenarios))
    return Chart(caption.title, svg.document(caption, height, parts), table)
