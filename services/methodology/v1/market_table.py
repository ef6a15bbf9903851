"""Market demand: projected change of employment in the United States over ten years."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from services.methodology.source import Row, exact, half_up, rows
from services.methodology.v1 import definition as d
from services.methodology.v1.task_table import broader


@dataclass(frozen=True, slots=True)
class Projection:
    """The line that was used, by its own code (the broader one where the detailed one is missing)."""

    soc: str
    change: str
    employment: int
    value: int


@cache
def _lines() -> dict[str, Row]:
    """By code; a detailed line goes before a summary of the same code."""
    return {row["soc"]: row for row in sorted(rows("projections"), key=lambda row: row["kind"] == "Line item")}


def demand(change: Fraction) -> int:
    """``clamp((g + 10) / 25, 0, 1)`` in parts of 10,000."""
    return half_up(d.VALUE * min(Fraction(1), max(Fraction(0), (change + d.GROWTH_FLOOR) / d.GROWTH_SPAN)))


def projection(soc: str) -> Projection | None:
    """The projection of a code or of its broader code; employment in hundreds of persons."""
    for code in (soc, broader(soc)):
        row = _lines().get(code)
        if row is not None:
            employment = int(exact(row["employment_2024_thousands"]) * 10)
            return Projection(code, row["change_percent"], employment, demand(exact(row["change_percent"])))
    return None
