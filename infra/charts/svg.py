"""SVG elements as text. Colours go by class, for both themes; each class also sets a plain colour for paper."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from infra.charts.chart import Caption

WIDTH = 360
"""Of every drawing, in its own units: a phone shows it one to one, so that its text stays readable there."""

_FILLS = {
    "f1": "#0b7a72", "f2": "#b4590a", "f3": "#4b54c9", "f4": "#a8326e", "f5": "#5b6b12", "f6": "#6a6f78",
    "b0": "#e2efeb", "b1": "#b9dfd8", "b2": "#f3d3ae", "b3": "#ced1f5",
    "ground": "#f1efe8", "ink": "#17211f", "paper": "#ffffff",
    "t": "#17211f", "t2": "#4a5754",
}  # fmt: skip
_STROKES = {
    "l1": "#0b7a72", "l2": "#b4590a", "l3": "#4b54c9", "l4": "#a8326e", "l5": "#5b6b12", "l6": "#6a6f78",
    "rule": "#e3e0d6", "zero": "#76807d", "mark": "#17211f",
}  # fmt: skip


def document(caption: Caption, height: float, parts: Iterable[Markup]) -> Markup:
    """A whole drawing; a screen reader says title and description and skips the rest."""
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">{}{}{}</svg>').format(
        WIDTH,
        number(height),
        caption.id,
        caption.id,
        Markup('<title id="{}-t">{}</title>').format(caption.id, caption.title),
        Markup('<desc id="{}-d">{}</desc>').format(caption.id, caption.description),
        Markup("").join(parts),
    )


def rectangle(kind: str, x: float, y: float, width: float, height: float, *, rounded: float = 0) -> Markup:
    """A filled rectangle; a width below 0 is drawn to the left of `x`."""
    left, wide = (x, width) if width >= 0 else (x + width, -width)
    corner = Markup(' rx="{}"').format(number(rounded)) if rounded else Markup("")
    return Markup('<rect class="{}" fill="{}" x="{}" y="{}" width="{}" height="{}"{}/>').format(
        kind, _FILLS[kind], number(left), number(y), number(wide), number(height), corner
    )


def line(kind: str, points: Iterable[tuple[float, float]], width: float = 1, dashes: str = "") -> Markup:
    """An open line through points."""
    dashed = Markup(' stroke-dasharray="{}"').format(dashes) if dashes else Markup("")
    return Markup(
        '<polyline class="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round"{} points="{}"/>'
    ).format(kind, _STROKES[kind], number(width), dashed, _points(points))


def area(kind: str, points: Iterable[tuple[float, float]]) -> Markup:
    """A filled polygon."""
    return Markup('<polygon class="{}" fill="{}" points="{}"/>').format(kind, _FILLS[kind], _points(points))


def dot(kind: str, x: float, y: float, radius: float = 4) -> Markup:
    """A filled circle."""
    return Markup('<circle class="{}" fill="{}" cx="{}" cy="{}" r="{}"/>').format(
        kind, _FILLS[kind], number(x), number(y), number(radius)
    )


def text(words: str, x: float, y: float, *, kind: str = "t", size: float = 12, anchor: str = "start") -> Markup:
    """One line of text on the base line `y`; `anchor` is start, middle or end. `kind` ending in `!` is bold."""
    bold = Markup(' font-weight="650"') if kind.endswith("!") else Markup("")
    colour = kind.rstrip("!")
    return Markup('<text class="{}" fill="{}" x="{}" y="{}" font-size="{}" text-anchor="{}"{}>{}</text>').format(
        colour, _FILLS[colour], number(x), number(y), number(size), anchor, bold, escape(words)
    )


def number(value: float) -> str:
    """A coordinate to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)
