"""Why a score is what it is: its dimensions, a waterfall that adds up to it, and the answers behind each. Pure.

What is shown are tenths of points. They are rounded together, so that what stands on the page sums as it is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.charts.bars import Bar, bars
from infra.charts.chart import Caption, Chart
from infra.charts.waterfall import Step, waterfall
from infra.pages.formats import Formats
from schemas.points import of_hundred, rounded
from services.methodology.report import why
from services.methodology.version import Version
from services.methodology.wording import Wording

Document = dict[str, Any]
_TENTH = 10**7
SOURCES: Mapping[str, tuple[str, ...]] = {
    "tasks": ("exposure", "activity_weights", "occupations"),
    "skills": ("skills", "knowledge", "technologies"),
    "market": ("projections",),
    "transfer": ("knowledge",),
}
"""Whose figures enter a dimension besides the person's answers, by the keys of the manifest of sources."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One item of a dimension: its name, what was answered in words, and what it adds, in tenths of a point."""

    name: str
    said: str
    points: str
    open: bool


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension with its items, those that add or take most first."""

    id: str
    name: str
    weight: int
    value: str
    points: str
    items: tuple[Reason, ...]
    sources: tuple[str, ...]


def tenths(values: Sequence[int], total: int) -> list[int]:
    """Units as tenths of points that sum to `total` tenths: floors, and a tenth more for the largest remainders."""
    floors = [value // _TENTH for value in values]
    missing = total - sum(floors)
    order = sorted(range(len(values)), key=lambda place: (-(values[place] % _TENTH), place))
    raised = set(order[:missing]) if 0 <= missing <= len(values) else set()
    if len(raised) != missing:
        raise ValueError(f"{len(values)} values in tenths cannot sum to {total}")
    return [floor + (place in raised) for place, floor in enumerate(floors)]


def dimensions(explanation: Document, version: Version, formats: Formats, currency: str = "") -> list[Dimension]:
    """The dimensions of one profile's reasons, in their order; amounts of an income are in `currency`."""
    language = formats.locale.language
    words = Wording(version, language)
    parts = explanation["dimensions"]
    shown = _contributions(explanation)
    return [
        Dimension(
            one["id"],
            version.text(f"dimension.{one['id']}", language),
            one["weight"],
            _of_hundred(formats, one["value"]),
            formats.number(points, 1, signed=True),
            _items(one, points, words, formats, currency),
            SOURCES.get(one["id"], ()),
        )
        for one, points in zip(parts, shown, strict=True)
    ]


def waterfall_of(
    explanation: Document, version: Version, formats: Formats, words: Mapping[str, str], name: str = "why"
) -> Chart:
    """From the middle of the scale to the score; where something is open, to the interval that it leaves."""
    language = formats.locale.language
    base, level = rounded(explanation["base"], 1), rounded(explanation["base"], 1)
    steps = [Step(words["base"], base, formats.number(base, 1), formats.number(base, 1), "total")]
    for one, points in zip(explanation["dimensions"], _contributions(explanation), strict=True):
        level += points
        label = version.text(f"dimension.{one['id']}", language)
        steps.append(Step(label, points, formats.number(points, 1, signed=True), formats.number(level, 1)))
    high = rounded(explanation["score"]["high"], 1)
    if high != level:
        most = formats.number(high - level, 1, signed=True)
        steps.append(Step(words["open"], high - level, most, formats.number(high, 1), "open"))
    shown = _span(*(formats.number(rounded(explanation["score"][end], 1), 1) for end in ("low", "high")))
    steps.append(Step(words["score"], level, shown, shown, "total", high))
    caption = Caption(name, words["title"], words["description"], (words["part"], words["change"], words["reached"]))
    return waterfall(caption, steps, (0, 1000), lambda tenths: formats.number(tenths // 10))


def dimensions_chart(explanation: Document, version: Version, formats: Formats, words: Mapping[str, str]) -> Chart:
    """Each dimension's value of 100, with the weight that it has in the score."""
    language = formats.locale.language
    rows = [
        Bar(
            f"{version.text('dimension.' + one['id'], language)}\u00a0·\u00a0{formats.percent(10 * one['weight'])}",
            (one["value"]["low"] + one["value"]["high"]) // 2,
            _of_hundred(formats, one["value"]),
            *_band(one["value"]),
        )
        for one in explanation["dimensions"]
    ]
    caption = Caption("dimensions", words["title"], words["description"], (words["part"], words["value"]))
    return bars(caption, rows, 10**8)


def _band(value: Document) -> tuple[int | None, int | None]:
    return (None, None) if value["low"] == value["high"] else (value["low"], value["high"])


def _contributions(explanation: Document) -> list[int]:
    values = [one["contribution"]["low"] for one in explanation["dimensions"]]
    return tenths(values, rounded(explanation["score"]["low"], 1) - rounded(explanation["base"], 1))


def _items(one: Document, points: int, words: Wording, formats: Formats, currency: str) -> tuple[Reason, ...]:
    """The items, the weightiest first; those of a dimension without anything open sum to its `points` as written."""
    shown = dict(zip(map(id, one["items"]), tenths([_low(item) for item in one["items"]], points), strict=True))
    ordered = sorted(one["items"], key=lambda item: (-_size(item), item["id"]))
    return tuple(
        Reason(
            words.name(item["id"]),
            "" if "bounds" in item else why(words, item, currency),
            formats.number(shown[id(item)], 1, signed=True)
            if "contribution" in item
            else f"{_signed(formats, item['bounds']['low'])} … {_signed(formats, item['bounds']['high'])}",
            "bounds" in item,
        )
        for item in ordered
    )


def _low(item: Document) -> int:
    low: int = item["contribution"] if "contribution" in item else item["bounds"]["low"]
    return low


def _size(item: Document) -> int:
    if "contribution" in item:
        return abs(int(item["contribution"]))
    return max(abs(int(end)) for end in item["bounds"].values())


def _signed(formats: Formats, units: int) -> str:
    return formats.number(rounded(units, 1), 1, signed=True)


def _of_hundred(formats: Formats, value: Document) -> str:
    return _span(*(formats.number(of_hundred(value[end])) for end in ("low", "high")))


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low}–{high}"
