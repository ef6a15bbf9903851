"""The words, numbers and tables of reports for a terminal, in the languages of ``report.LANGUAGE.json``."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rich.table import Table

from schemas.currency import decimals
from schemas.points import rounded, written
from services.methodology.version import ENGLISH, Version

LANGUAGES = ("en", "de")


@cache
def _words(language: str) -> dict[str, str]:
    path = Path(__file__).with_name(f"report.{language}.json")
    words: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return words


@dataclass(frozen=True, slots=True)
class Wording:
    """How a version's documents are told in one of ``LANGUAGES``."""

    version: Version
    language: str = ENGLISH

    def says(self, key: str, **values: object) -> str:
        """A sentence or a heading by its key, with its values."""
        return _words(self.language)[key].format(**values)

    def name(self, item: str) -> str:
        """What an item or occupation is called."""
        return self.version.name(item, self.language)

    def text(self, key: str) -> str:
        """A wording of the version."""
        return self.version.text(key, self.language)

    def points(self, units: int, decimals: int = 1, *, signed: bool = False) -> str:
        """Units as points with one decimal or more."""
        return self.decimal(written(units, decimals, signed=signed))

    def apart(self, less: int, more: int) -> tuple[str, str]:
        """Two different numbers of units as points with two decimals, or as many as tell them apart."""
        decimals = next(count for count in range(2, 9) if rounded(less, count) != rounded(more, count))
        return self.points(less, decimals), self.points(more, decimals)

    def money(self, minor: int, currency: str) -> str:
        """Minor units with the decimals that the currency has, and the currency."""
        return f"{self.amount(minor, currency)} {currency}".rstrip()

    def amount(self, minor: int, currency: str) -> str:
        """``money`` where the currency stands elsewhere."""
        count = decimals(currency)
        whole, rest = divmod(abs(minor), 10**count)
        cents = self.decimal(f".{rest:0{count}d}") if count else ""
        return f"{'-' if minor < 0 else ''}{self.grouped(whole)}{cents}"

    def months(self, count: int) -> str:
        """``1 month``, ``2 months``."""
        return self.says("month" if count == 1 else "months", count=count)

    def percent(self, parts: int) -> str:
        """Parts of 10,000 as whole percent."""
        return f"{(parts + 50) // 100} %"

    def decimal(self, number: str) -> str:
        """A number written with a point and without groups, as the language writes it."""
        return number.replace(".", ",") if self.language == "de" else number

    def grouped(self, number: int) -> str:
        """A whole number with its thousands apart."""
        return f"{number:,}".replace(",", ".") if self.language == "de" else f"{number:,}"

    def span(self, low: str, high: str) -> str:
        """``55``, or ``48 to 62`` where the ends differ."""
        return low if low == high else self.says("span", low=low, high=high)

    def table(self, title: str, columns: Iterable[str], numbers: Iterable[int] = ()) -> Table:
        """An empty table with a title and the columns of these keys, those at ``numbers`` to the right."""
        table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
        right = set(numbers)
        for place, key in enumerate(columns):
            heading = _words(self.language).get(f"column.{key}", key)
            table.add_column(heading, justify="right" if place in right else "left")
        return table
