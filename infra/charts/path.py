"""A path through a tree of hashes: from a leaf at the foot to the root, with the sibling that each step takes in."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.charts import svg
from infra.charts.chart import Caption, Chart, Table

_TOP, _STEP, _ASIDE, _RADIUS = 30, 46, 96, 6
_MIDDLE = svg.WIDTH / 2


@dataclass(frozen=True, slots=True)
class Rung:
    """One step up: the sibling's hash, whether it stands on the left, and the hash of both; `cells` are its row."""

    sibling: str
    on_the_left: bool
    made: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ends:
    """What stands at the two ends: what the root and the leaf are called, and the leaf's hash."""

    root: str
    leaf: str
    leaf_hash: str


def path(caption: Caption, ends: Ends, rungs: Sequence[Rung]) -> Chart:
    """The path upwards: on it filled dots, beside it the siblings as rings; hashes are cut to what fits."""
    foot = _TOP + _STEP * len(rungs)
    parts: list[str] = []
    for number, rung in enumerate(rungs):
        y = foot - _STEP * number
        parts += _joined(y, rung)
    parts.append(svg.dot("f1", _MIDDLE, foot, _RADIUS + 1))
    parts.append(svg.text(f"{ends.leaf} · {ends.leaf_hash}", _MIDDLE, foot + 24, size=svg.AXIS, anchor="middle"))
    parts.append(svg.text(ends.root, _MIDDLE, 14, kind="t!", anchor="middle"))
    if not rungs:
        parts.append(svg.dot("ink", _MIDDLE, foot, _RADIUS + 2))
    return Chart(caption.title, svg.document(caption, foot + 32, parts), Table(caption.head, _rows(rungs)))


def _joined(y: float, rung: Rung) -> list[str]:
    """The step from `y` to the node above it."""
    above = y - _STEP
    side = -1 if rung.on_the_left else 1
    x = _MIDDLE + side * _ASIDE
    outwards, inwards = ("end", "start") if rung.on_the_left else ("start", "end")
    last = above <= _TOP
    return [
        svg.line("l6", [(x, y), (_MIDDLE, above)], 1, "3 3"),
        svg.line("l1", [(_MIDDLE, y), (_MIDDLE, above)], 2.5),
        svg.dot("f6", x, y, _RADIUS),
        svg.dot("paper", x, y, _RADIUS - 2),
        svg.text(rung.sibling, x + side * 12, y + 4, kind="t2", size=svg.AXIS, anchor=outwards),
        svg.dot("ink" if last else "f1", _MIDDLE, above, _RADIUS + 2 if last else _RADIUS),
        svg.text(rung.made, _MIDDLE - side * 14, above + 4, size=svg.AXIS, anchor=inwards),
    ]


def _rows(rungs: Sequence[Rung]) -> tuple[tuple[str, ...], ...]:
    return tuple((str(number), *rung.cells) for number, rung in enumerate(rungs, 1))
