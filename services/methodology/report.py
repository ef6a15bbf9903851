"""Render an explanation for a terminal: the score with its band, its dimensions, what weighs most, and
its limits.
"""

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from schemas.points import rounded
from services.methodology.wording import Wording

Document = dict[str, Any]
LARGEST = 10


def headline(said: Wording, told: Document) -> Text:
    """The score with its band in one line."""
    score, band = told["score"], told["band"]
    reached = said.span(f"{rounded(score['low'])}", f"{rounded(score['high'])}")
    text = Text.assemble(("Career Pulse Score ", "bold"), (reached, "bold cyan"))
    low, high = rounded(band["low"]), rounded(band["high"])
    text.append(said.says("score.band", low=low, high=high, profile=told["profile"]))
    return text


def dimensions(said: Wording, told: Document) -> Table:
    """The points of each dimension, and what it adds to the middle of the scale."""
    table = said.table(said.says("dimensions"), ("dimension", "points", "moved"), numbers=(1, 2))
    for dimension in told["dimensions"]:
        weight, value, added = dimension["weight"], dimension["value"], dimension["contribution"]
        points = said.span(*(said.points(weight * value[end]) for end in ("low", "high")))
        moved = said.span(*(said.points(added[end], signed=True) for end in ("low", "high")))
        name = said.text(f"dimension.{dimension['id']}")
        table.add_row(name, said.says("points.of", points=points, weight=weight), moved)
    table.add_row(said.says("base"), "", said.points(told["base"]), style="dim")
    return table


def largest(told: Document, count: int = LARGEST) -> list[tuple[Document, Document]]:
    """``(dimension, item)`` with the largest absolute contribution first, ties by item id."""
    pairs = [(dimension, item) for dimension in told["dimensions"] for item in dimension["items"]]
    answered = [pair for pair in pairs if "contribution" in pair[1]]
    return sorted(answered, key=lambda pair: (-abs(pair[1]["contribution"]), pair[1]["id"]))[:count]


def why(said: Wording, item: Document, currency: str = "") -> str:
    """The factors of an item in words."""
    factors: Document = item["factors"]
    words = list(_skill(said, factors))
    if "share_per_mille" in factors:
        words.append(said.says("why.share", share=_tenths(said, factors["share_per_mille"])))
    if "exposure" in factors:
        words.append(said.says("why.exposure", exposure=f"{factors['exposure'] / 100:.0f}"))
    if "change_percent" in factors:
        words.append(said.says("why.change", change=said.decimal(factors["change_percent"])))
    if "technology" in factors:
        words.append(str(factors["technology"]))
    if item["id"].startswith("income."):
        words.append(_income(said, factors, currency))
    return ", ".join(words)


def _skill(said: Wording, factors: Document) -> Iterator[str]:
    """Level, what is asked by which occupation, and what has faded; what is not there has not faded."""
    level = factors.get("level")
    if level is not None:
        is_skill = any(name.startswith("required") for name in factors)
        yield said.says("why.none") if is_skill and not level else said.says("why.level", level=level)
    for name, asked in factors.items():
        of, _, occupation = name.partition(".")
        if of == "required":
            told = said.says("why.required", level=asked)
            yield f"{told} ({said.name(occupation)})" if occupation else told
    if level and "months" in factors:
        key = "why.fresh" if factors["months"] == 0 else "why.months"
        yield said.says(key, months=said.months(factors["months"]), current=factors["current"] // 100)


def _income(said: Wording, factors: Document, currency: str) -> str:
    """The figures that an income item was computed from, as far as they were given."""
    if "months_covered" in factors:
        return said.says("why.covered", months=factors["months_covered"])
    if "sources_total" in factors and "largest_source" in factors:
        given = {"other": factors["sources_total"] - factors["largest_source"]}
    else:
        given = {name: factors[name] for name in ("reserve",) if name in factors}
    given |= {name: factors[name] for name in ("expenses",) if name in factors}
    return ", ".join(said.says(f"why.{name}", amount=said.money(amount, currency)) for name, amount in given.items())


def _tenths(said: Wording, per_mille: int) -> str:
    return said.decimal(f"{per_mille // 10}.{per_mille % 10}")


def _called(said: Wording, item: Document, *, of_many: bool) -> str:
    """The item's name, with its occupation where there are several."""
    place = f" ({said.name(item['occupation'])})" if of_many and "occupation" in item else ""
    return said.name(item["id"]) + place


def heaviest(
    said: Wording, told: Document, count: int = LARGEST, *, of_many: bool = False, currency: str = ""
) -> Table:
    """The items that add or take most, with the factors of each."""
    table = said.table(said.says("heaviest"), ("points", "item", "why"), numbers=(0,))
    for _, item in largest(told, count):
        added = said.points(item["contribution"], signed=True)
        table.add_row(added, _called(said, item, of_many=of_many), Text(why(said, item, currency), style="dim"))
    return table


def _open_items(said: Wording, told: Document) -> RenderableType:
    """What was not answered, with what it can add or take."""
    unanswered = [item for one in told["dimensions"] for item in one["items"] if "bounds" in item]
    if not unanswered:
        return Text(said.says("open.none"), style="dim")
    widest = sorted(unanswered, key=lambda item: (item["bounds"]["low"], item["id"]))
    shown = "; ".join(f"{said.name(item['id'])} ({_bounds(said, item['bounds'])})" for item in widest[:LARGEST])
    return Text(said.says("open.some", count=len(unanswered), shown=shown))


def _bounds(said: Wording, bounds: Document) -> str:
    return said.span(*(said.points(bounds[end], signed=True) for end in ("low", "high")))


def _marks(said: Wording, document: Document) -> list[Text]:
    lines = []
    for mark in document["marks"]:
        where = f" {said.name(mark['occupation'])}." if "occupation" in mark else ""
        codes = ", ".join(f"{said.name(code)} ({code})" for code in mark.get("codes", ()))
        about = f" [{said.text('dimension.' + mark['dimension'])}]" if "dimension" in mark else ""
        stands = " " + said.says("mark.instead", codes=codes) if codes else ""
        lines.append(Text(f"- {said.text('mark.' + mark['id'])}{where}{stands}{about}"))
    return lines


def _limits(said: Wording, told_all: list[Document]) -> list[Text]:
    """What holds of every result, with the detectable change of each profile that was told."""
    again = [
        (f"{told['profile']}: " if len(told_all) > 1 else "")
        + said.says("again", change=said.points(told["detectable_change"]))
        for told in told_all
    ]
    translated = said.version.attribution(said.language)
    lines = (*again, *said.version.limits(said.language), *([translated] if translated else []))
    return [Text(f"- {text}", style="dim") for text in lines]


def _held(said: Wording, occupation: Document) -> str:
    share = said.decimal(f"{occupation['share'] / 10:g}")
    part = f" {share} %" if occupation["share"] < 1000 else ""
    return f"{said.name(occupation['code'])} ({occupation['code']}){part}"


def report(said: Wording, document: Document) -> Group:
    """A ``Detail`` or a ``Trail`` as a page for the terminal."""
    told_all = document["explanations"] if "explanations" in document else [document["explanation"]]
    held = ", ".join(_held(said, one) for one in document["occupations"])
    head = document["methodology"]
    version = said.says("by", version=head["version"], hash=head["hash"][:19])
    parts: list[RenderableType] = [Text(f"{held}, {document['as_of']}, {version}")]
    for told in told_all:
        parts += [Padding(headline(said, told), (1, 0)), dimensions(said, told), Text()]
    of_many = len(document["occupations"]) > 1
    currency = document.get("answers", {}).get("income", {}).get("currency", "")
    table = heaviest(said, told_all[-1], of_many=of_many, currency=currency)
    parts += [table, Text(), _open_items(said, told_all[-1]), Text()]
    if document["marks"]:
        parts += [Text(said.says("of.this"), style="bold"), *_marks(said, document), Text()]
    parts += [Text(said.says("of.every"), style="bold"), *_limits(said, told_all)]
    return Group(*parts)
