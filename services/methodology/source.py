"""Read the repository's source tables: the publishers' figures as text, exactly as published."""

import csv
import json
from fractions import Fraction
from functools import cache
from typing import Any

from services.methodology.reference import SOURCES

Row = dict[str, str]


@cache
def rows(table: str) -> tuple[Row, ...]:
    """All rows of one source table, in the table's order; ``FileNotFoundError`` names a table that is
    missing.
    """
    with (SOURCES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def manifest() -> dict[str, dict[str, Any]]:
    """Publisher, release, licence, date and hashes of each source table."""
    loaded: dict[str, dict[str, Any]] = json.loads((SOURCES / "manifest.json").read_text(encoding="utf-8"))
    return loaded


def exact(text: str) -> Fraction:
    """The published decimal as an exact number; no float ever stands between a figure and a table."""
    return Fraction(text)


def half_up(value: Fraction) -> int:
    """The nearest integer of a number that is not negative, halves upwards."""
    return int(value + Fraction(1, 2))
