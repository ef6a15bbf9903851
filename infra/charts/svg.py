"""SVG elements as text. Colours go by class, for both themes; each class also sets a plain colour for paper."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from infra.charts.chart import Caption

WIDTH = 360
"""Of every drawing, in its own units: a phone shows it nearly one to one, so that its text stays readable there."""
TEXT, AXIS = 14, 13.5
"""Sizes of text: on a window of 360 pixels none is smaller than 12."""

_FILLS = {
    "f1": "#0b7a72", "f2": "#b4590a", "f3": "#4b54c9", "f4": "#a8326e", "f5": "#5b6b12", "f6": "#6a6f78",
    "b0": "#cfe6e1", "b1": "#a3d3cb", "b2": "#f3d3ae", "b3": "#ced1f5",
    "ground": "#f1efe8", "ink": "#17211f", "paper": "#ffffff",
    "t": "#17211f", "t2": "#4a5754",
}  # fmt: skip
_STROKES = {
    "l1": "#0b7a72", "l2": "#b4590a", "l3": "#4b54c9", "l4": "#a8326e", "l5": "#5b6b12", "l6": "#6a6f78",
    "rule": "#e3e0d6", "zero": "#76807d", "mark": "#17211f",
}  # fmt: skip


def document(caption: Caption, height: float, parts: Iterable[str]) -> Markup:
    """A whole drawing; a screen reader says title and description and skips the rest. `parts` are of this module."""
    name = escape(caption.id)
    return Markup(  # noqa: S704 - every word in it is escaped, here and in `text`
        f'<svg viewBox="0 0 {WIDTH} {number(height)}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(caption.title)}</title>'
        f'<desc id="{name}-d">{escape(caption.description)}</desc>{"".join(parts)}</svg>'
    )


def rectangle(kind: str, x: float, y: float, width: float, height: float, *, rounded: float = 0) -> str:
    """A filled rectangle; a width below 0 is drawn to the left of `x`."""
    left, wide = (x, width) if width >= 0 else (x + width, -width)
    corner = f' rx="{number(rounded)}"' if rounded else ""
    return (
        f'<rect class="{kind}" fill="{_FILLS[kind]}" x="{number(left)}" y="{number(y)}" '
        f'width="{number(wide)}" height="{number(height)}"{corner}/>'
    )


def line(kind: str, points: Iterable[tuple[float, float]], width: float = 1, dashes: str = "") -> str:
    """An open line through points."""
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<polyline class="{kind}" fill="none" stroke="{_STROKES[kind]}" stroke-width="{number(width)}" '
        f'stroke-linejoin="round"{dashed} points="{_points(points)}"/>'
    )


def area(kind: str, points: Iterable[tuple[float, float]]) -> str:
    """A filled polygon."""
    return f'<polygon class="{kind}" fill="{_FILLS[kind]}" points="{_points(points)}"/>'


def dot(kind: str, x: float, y: float, radius: float = 4) -> str:
    """A filled circle."""
    return f'<circle class="{kind}" fill="{_FILLS[kind]}" cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"/>'


def text(words: str, x: float, y: float, *, kind: str = "t", size: float = TEXT, anchor: str = "start") -> str:
    """One line of text on the base line `y`; `anchor` is start, middle or end. `kind` ending in `!` is bold."""
    bold = ' font-weight="650"' if kind.endswith("!") else ""
    colour = kind.rstrip("!")
    return (
        f'<text class="{colour}" fill="{_FILLS[colour]}" x="{number(x)}" y="{number(y)}" '
        f'font-size="{number(size)}" text-anchor="{anchor}"{bold}>{escape(words)}</text>'
    )


def outline(kind: str, x: float, y: float, width: float, height: float, *, rounded: float = 0) -> str:
    """The edge of a rectangle: a pale field alone is hardly seen."""
    return (
        f'<rect class="{kind}" fill="none" stroke="{_STROKES[kind]}" x="{number(x)}" y="{number(y)}" '
        f'width="{number(width)}" height="{number(height)}" rx="{number(rounded)}"/>'
    )


def hatched(kind: str, x: float, y: float, width: float, height: float) -> str:
    """A rectangle of strokes, for what is possible and not certain."""
    strokes = [x + 4 * at for at in range(int(width // 4) + 1)]
    inside = "".join(line(kind, [(at, y), (at, y + height)], 1) for at in strokes)
    return inside + outline(kind, x, y, width, height)


def mark(kind: str, shape: int, x: float, y: float) -> str:
    """One of six shapes, by which lines are told apart without colours: dot, square, diamond, triangles, ring."""
    r = 4.5
    corners = (
        (),
        ((-r, -r), (r, -r), (r, r), (-r, r)),
        ((0, -1.4 * r), (1.4 * r, 0), (0, 1.4 * r), (-1.4 * r, 0)),
        ((0, -1.3 * r), (1.3 * r, r), (-1.3 * r, r)),
        ((0, 1.3 * r), (1.3 * r, -r), (-1.3 * r, -r)),
    )
    if shape in range(1, len(corners)):
        return area(kind, [(x + dx, y + dy) for dx, dy in corners[shape]])
    return dot(kind, x, y, r) + (dot("paper", x, y, r - 2) if shape else "")


def number(value: float) -> str:
    """A coordinate to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)
