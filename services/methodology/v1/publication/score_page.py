"""The page of the score: arithmetic, dimensions with their formulas, items and weights, uncertainty."""

import re
from collections.abc import Sequence

from services.methodology.v1 import definition as d
from services.methodology.v1.names import name
from services.methodology.v1.publication.errors import WHERE_FROM
from services.methodology.v1.publication.fixed_items import FIXED_ITEMS
from services.methodology.v1.publication.formulas import FORMULAS, SYMBOLS
from services.methodology.v1.publication.notes import NOTES
from services.methodology.v1.tables import tables
from services.methodology.v1.text import texts
from services.methodology.version import Version


def table_of(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; a column whose every entry is a number stands to the right."""
    numeric = [all(re.fullmatch(r"\**[-−]?[\d,.]*\**", row[column]) for row in rows) for column in range(len(header))]
    marks = ["---:" if one else "---" for one in numeric]
    lines = [header, tuple(marks), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _weights() -> str:
    rows = [
        (texts("en")[f"dimension.{name}"], *(str(d.WEIGHTS[profile][number]) for profile in d.WEIGHTS))
        for number, name in enumerate(d.DIMENSIONS)
    ]
    return table_of(("dimension", *(f"`{profile}`" for profile in d.WEIGHTS)), rows)


def _items(number: int) -> str:
    """The items that do not depend on the occupation, with their weights."""
    if number == d.TRANSFER:
        return "\n\n" + _areas()
    rows = [(f"{name(item)} (`{item}`)", f"{weight:,}") for item, weight in FIXED_ITEMS.get(number, ())]
    return "\n\n" + table_of(("item", "weight of 10,000"), rows) if rows else ""


def _areas() -> str:
    """The twelve areas with what each level is worth: the mean over the targets that ask for the area."""
    rows = [
        (f"{name(area.id)} (`{area.id}`)", f"{area.weight:,}", *(f"{value:,}" for value in area.values))
        for area in tables().transfer
    ]
    return table_of(("area", "weight of 10,000", *(f"value at level {level}" for level in d.LEVELS)), rows)


def _dimension(number: int, name: str) -> str:
    title = texts("en")[f"dimension.{name}"]
    return f"### {number + 1}. {title}\n\n$${FORMULAS[name]}$$\n\n{SYMBOLS['en'][name]}.\n\n{NOTES[name]}{_items(number)}"


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:g}"


def _errors() -> str:
    rows = [
        (texts("en")[f"dimension.{name}"], _points(d.SEM[number]), reference, WHERE_FROM["en"][name])
        for number, name in enumerate(d.DIMENSIONS)
        for reference in ["per occupation" if number == d.TASKS else _points(d.SE_REFERENCE[number])]
    ]
    return table_of(("dimension", "SEM", "reference error", "where from"), rows)


def score_page(version: Version) -> str:
    dimensions = "\n\n".join(_dimension(number, name) for number, name in enumerate(d.DIMENSIONS))
    return f"""# The score of methodology {version.id}

## Arithmetic

$${FORMULAS["score"]}$$

All numbers are whole. An item's value $v$ is 0 to 10,000; the item weights $w$ of a dimension sum to 10,000; the dimension
weights $W$ sum to 100. 10⁸ units are one point. What an item adds is counted from the middle of the scale, which is not an
average person:

$${FORMULAS["contribution"]}$$

A value comes from a table or from one floor division; nothing is rounded on the way, only in display, halves upwards. The
activities of an occupation have one floor division together; its result is settled over them by largest remainder.

A portfolio of up to three occupations has the item weights $\\sum_o share_o\\, w_{{oi}} / 1000$, by largest remainder over
all items, ties by item id and occupation. One answer that two occupations ask for is scored against each one's requirement
and shown as one item.

What was not answered is bounded by 0 and 10,000, and the score is an interval; nothing is guessed but the typical mix of
work, which is marked.

## Profiles and weights

{_weights()}

No income answers at all mean `core`. An employer always gets `core`. Scores of different profiles are never compared.

## Dimensions

{dimensions}

## Uncertainty

{_errors()}

In points. Band and detectable change:

$${FORMULAS["error"]}$$

$${FORMULAS["correlation"]}$$

$$\\text{{band: }} {FORMULAS["band"]} \\qquad \\text{{detectable change: }} {FORMULAS["change"]}$$

The items of both skill currency (s) and transferability (t) enter with their summed coefficient, which is the term with ρ.
Across versions or occupations no change is claimed.
"""
