"""Places on a plane and the ways to them from one's own: numbered as in the list that stands beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from infra.charts import svg
from infra.charts.chart import Caption, Chart, Table
from infra.charts.scale import Scale

_LEFT, _TOP, _BOTTOM, _HEIGHT, _RADIUS = 14, 14, 34, 300, 9
_INTO, _BELOW, _LETTER = 6, 22, 8
"""How far the label of one's own place begins to the left of it and lies below it, and how wide a letter is."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far it is and how high; `number` is its own in the list, `kind` a fill, `cells` its row of the table."""

    number: int
    far: int
    high: int
    kind: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Here:
    """One's own place, at distance 0: how high it is (0 to 10,000), what it and the two axes are called."""

    high: int
    label: str
    across: str
    up: str


def ways(caption: Caption, here: Here, places: Sequence[Place], farthest: int, *, onward: bool = False) -> Chart:
    """Places at distances up to `farthest` and heights from 0 to 10,000; `onward` leads from each to the next one."""
    across = Scale(0, max(1, farthest), _LEFT + 6, svg.WIDTH - 16)
    up = Scale(0, 10_000, _HEIGHT - _BOTTOM - 8, _TOP + 10)
    start = (across.at(0), up.at(here.high))
    floor = _HEIGHT - _BOTTOM
    parts = [
        svg.line("zero", [(_LEFT, _TOP), (_LEFT, floor), (svg.WIDTH, floor)]),
        svg.text(here.across, svg.WIDTH, _HEIGHT - 12, kind="t2", size=svg.AXIS, anchor="end"),
        svg.text(here.up, _LEFT + 6, _TOP + 2, kind="t2", size=svg.AXIS),
    ]
    spots = _apart([(across.at(one.far), up.at(one.high)) for one in places], floor, _own(start, here.label))
    before = [start, *spots[:-1]] if onward else [start] * len(spots)
    parts += [svg.line("zero" if onward else "rule", [*way], 1.5) for way in zip(before, spots, strict=True)]
    for spot, one in zip(spots, places, strict=True):
        parts.append(svg.dot(one.kind, *spot, _RADIUS))
        parts.append(svg.text(str(one.number), spot[0], spot[1] + 4, kind="paper", size=12, anchor="middle"))
    parts += [svg.dot("ink", *start, 7), svg.text(here.label, start[0] - _INTO, start[1] + _BELOW, kind="t!")]
    rows = tuple((f"{one.number}. {one.cells[0]}", *one.cells[1:]) for one in places)
    return Chart(caption.title, svg.document(caption, _HEIGHT, parts), Table(caption.head, rows))


def _own(start: tuple[float, float], label: str) -> list[tuple[float, float]]:
    """What one's own place takes up, with its label below it, as so many spots."""
    left, wide = start[0] - _INTO, _LETTER * len(label)
    return [start, *((left + _RADIUS * at, start[1] + _BELOW - _LETTER) for at in range(1, 1 + ceil(wide / _RADIUS)))]


def _apart(
    spots: Sequence[tuple[float, float]], floor: float, taken: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """The spots, each moved down, or up from the floor, until it covers none before it and nothing that is taken."""
    placed: list[tuple[float, float]] = []
    for x, wanted in spots:
        y, step = wanted, 2.0 * _RADIUS + 1
        if wanted + step > floor - _RADIUS:
            step = -step
        while any(abs(x - other[0]) < 2 * _RADIUS and abs(y - other[1]) < 2 * _RADIUS for other in [*taken, *placed]):
            y += step
        placed.append((x, min(max(y, _TOP + _RADIUS), floor - _RADIUS)))
    return placed
