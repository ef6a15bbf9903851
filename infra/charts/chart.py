"""A chart: its title, its drawing, and the same figures as a table."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Table:
    """Column heads and rows of text, the first cell of each row being its head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Caption:
    """A chart in words: its id in the page, a title, a sentence on what it shows, and the table's column heads."""

    id: str
    title: str
    description: str
    head: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. `svg` stands in a page as it is."""

    title: str
    svg: Markup
    table: Table
