"""Render an explanation for a terminal: the score with its band, its dimensions, what weighs most, and
its limits.
"""

from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from schemas.points import rounded, written
from services.methodology.version import Version

Document = dict[str, Any]
LARGEST = 10
MIDDLE = 5 * 10**7


def _span(low: int, high: int) -> str:
    """``55``, or ``48 to 62`` where the ends differ."""
    return f"{rounded(low)}" if low == high else f"{rounded(low)} to {rounded(high)}"


def headline(told: Document) -> Text:
    """The score with its band in one line."""
    score, band = told["score"], told["band"]
    text = Text.assemble(("Career Pulse Score ", "bold"), (_span(score["low"], score["high"]), "bold cyan"))
    text.append(f" of 100, band {rounded(band['low'])} to {rounded(band['high'])}   (profile {told['profile']})")
    return text


def dimensions(version: Version, told: Document) -> Table:
    table = Table(title="Dimensions", title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("dimension")
    table.add_column("points", justify="right")
    table.add_column("against the middle", justify="right")
    for dimension in told["dimensions"]:
        weight, value, added = dimension["weight"], dimension["value"], dimension["contribution"]
        low, high = (written(weight * value[end]) for end in ("low", "high"))
        points = low if low == high else f"{low} to {high}"
        moved = written(added["low"], signed=True)
        if added["low"] != added["high"]:
            moved += f" to {written(added['high'], signed=True)}"
        table.add_row(version.text(f"dimension.{dimension['id']}"), f"{points} of {weight}", moved)
    table.add_row("base (the middle of the scale)", "", written(told["base"]), style="dim")
    return table


def largest(told: Document, count: int = LARGEST) -> list[tuple[Document, Document]]:
    """``(dimension, item)`` with the largest absolute contribution first, ties by item id."""
    pairs = [(dimension, item) for dimension in told["dimensions"] for item in dimension["items"]]
    answered = [pair for pair in pairs if "contribution" in pair[1]]
    return sorted(answered, key=lambda pair: (-abs(pair[1]["contribution"]), pair[1]["id"]))[:count]


def why(item: Document) -> str:
    """The factors of an item in words."""
    factors: Document = item["factors"]
    words = []
    if "level" in factors:
        words.append(f"level {factors['level']}")
    words.extend(f"asked {value}" for name, value in factors.items() if name.startswith("required"))
    if "months" in factors:
        words.append(f"refreshed {factors['months']} months ago, {factors['current'] // 100} % current")
    if "share_per_mille" in factors:
        words.append(f"{factors['share_per_mille'] / 10:.1f} % of the work")
    if "exposure" in factors:
        words.append(f"exposure {factors['exposure'] / 100:.0f} %")
    if "change_percent" in factors:
        words.append(f"{factors['change_percent']} % in ten years")
    if "technology" in factors:
        words.append(str(factors["technology"]))
    return ", ".join(words)


def _called(version: Version, item: Document, *, of_many: bool) -> str:
    """The item's name, with its occupation where there are several."""
    place = f" ({version.name(item['occupation'])})" if of_many and "occupation" in item else ""
    return version.name(item["id"]) + place


def _items(version: Version, told: Document, *, of_many: bool) -> Table:
    table = Table(title="What weighs most", title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("points", justify="right")
    table.add_column("item")
    table.add_column("why", style="dim")
    for _, item in largest(told):
        table.add_row(written(item["contribution"], signed=True), _called(version, item, of_many=of_many), why(item))
    return table


def _open_items(version: Version, told: Document) -> RenderableType:
    """What was not answered, with what it can add or take."""
    unanswered = [item for one in told["dimensions"] for item in one["items"] if "bounds" in item]
    if not unanswered:
        return Text("Everything was answered.", style="dim")
    widest = sorted(unanswered, key=lambda item: (item["bounds"]["low"], item["id"]))
    shown = "; ".join(
        f"{version.name(item['id'])} ({written(item['bounds']['low'], signed=True)} to "
        f"{written(item['bounds']['high'], signed=True)})"
        for item in widest[:LARGEST]
    )
    return Text(f"{len(unanswered)} items are open, among them: {shown}.")


def _marks(version: Version, document: Document) -> list[Text]:
    lines = []
    for mark in document["marks"]:
        where = f" {version.name(mark['occupation'])}." if "occupation" in mark else ""
        codes = ", ".join(f"{version.name(code)} ({code})" for code in mark.get("codes", ()))
        about = f" [{version.text('dimension.' + mark['dimension'])}]" if "dimension" in mark else ""
        stands = f" Used instead: {codes}." if codes else ""
        lines.append(Text(f"- {version.text('mark.' + mark['id'])}{where}{stands}{about}"))
    return lines


def _limits(version: Version, told: Document) -> list[Text]:
    change = written(told["detectable_change"])
    again = f"A later score of yours under this version and occupation differs only from {change} points on."
    return [Text(f"- {text}", style="dim") for text in (again, *version.limits())]


def report(version: Version, document: Document) -> Group:
    """A ``Detail`` or a ``Trail`` as a page for the terminal."""
    told_all = document["explanations"] if "explanations" in document else [document["explanation"]]
    held = ", ".join(
        f"{one['title']} ({one['code']})" + (f" {one['share'] / 10:g} %" if one["share"] < 1000 else "")
        for one in document["occupations"]
    )
    head = document["methodology"]
    parts: list[RenderableType] = [
        Text(f"{held}, {document['as_of']}, methodology {head['version']} ({head['hash'][:19]}…)")
    ]
    for told in told_all:
        parts += [Padding(headline(told), (1, 0)), dimensions(version, told), Text()]
    of_many = len(document["occupations"]) > 1
    parts += [
        _items(version, told_all[-1], of_many=of_many),
        Text(),
        _open_items(version, told_all[-1]),
        Text(),
    ]
    if document["marks"]:
        parts += [Text("Of this result", style="bold"), *_marks(version, document), Text()]
    parts += [Text("Of every result", style="bold"), *_limits(version, told_all[0])]
    return Group(*parts)
