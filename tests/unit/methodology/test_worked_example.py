"""The worked example is what a reader with a pocket calculator finds: every printed sum, product and root holds."""

import ast
import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from math import isqrt
from operator import add, floordiv, mul, sub
from pathlib import Path

import pytest

from services.methodology import load

PAGE = (Path(__file__).parents[3] / "docs" / "methodology" / "score.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.partition("## A worked example")[2]
CORE, WITH_INCOME = EXAMPLE.split("### With income")
OPERATORS = {ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.FloorDiv: floordiv}
HALF_LIFE = {"technology": Decimal("4.1"), "knowledge": Decimal("7.0")}
Row = dict[str, str]


def number(text: str) -> int:
    """A whole number as it is printed."""
    return int(text.strip("* ").replace(",", "").replace("−", "-"))


def calculated(left: str) -> int:
    """The left side of a printed equation: divisions and roots are cut."""
    written = left.replace(",", "").replace("·", "*").replace("−", "-").replace("/", "//").replace("√", "root")
    return _value(ast.parse(written, mode="eval").body)


def _value(node: ast.expr) -> int:
    match node:
        case ast.Constant(value=int() as value):
            return value
        case ast.BinOp(left=left, op=op, right=right):
            return int(OPERATORS[type(op)](_value(left), _value(right)))
        case ast.Call(func=ast.Name(id="root"), args=[inner]):
            return isqrt(_value(inner))
    raise AssertionError(ast.dump(node))


def equations(text: str) -> list[tuple[str, int]]:
    found = re.findall(r"`([^`]+) = ([−\d,]+)`", text)
    return [(left, number(right)) for left, right in found]


def tables(text: str) -> list[list[Row]]:
    """Every table, each row by its heading; the row of the sum last, where there is one."""
    found = []
    for block in re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE):
        head, _, *lines = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in block.splitlines()]
        found.append([dict(zip(head, line, strict=True)) for line in lines])
    return found


def having(text: str, *columns: str) -> list[list[Row]]:
    return [table for table in tables(text) if set(columns) <= set(table[0])]


@pytest.mark.parametrize("part", [CORE, WITH_INCOME], ids=["core", "core+income"])
def test_every_printed_equation_holds(part: str) -> None:
    found = equations(part)
    assert len(found) >= 9
    for left, right in found:
        assert calculated(left) == right, left


@pytest.mark.parametrize(
    ("product", "one", "other", "least"),
    [("weight · value", "weight", "value", 5), ("share · value", "share", "value", 1)],
)
def test_every_row_multiplies_out_and_every_column_sums(product: str, one: str, other: str, least: int) -> None:
    found = having(CORE, product)
    assert len(found) >= least
    for table in found:
        rows = [row for row in table if row[one] and row[other] and "sum" not in next(iter(row.values()))]
        assert len(rows) >= 2
        assert all(number(row[one]) * number(row[other]) == number(row[product]) for row in rows)
        if "sum" in next(iter(table[-1].values())):
            assert sum(number(row[product]) for row in rows) == number(table[-1][product])
            assert sum(number(row[one]) for row in rows) == number(table[-1][one])


def test_every_skill_fades_as_its_class_does() -> None:
    (table,) = having(CORE, "class", "months", "current")
    for row in table[:-1]:
        with localcontext() as context:
            context.prec = 40
            left = 10_000 * Decimal(2) ** (-Decimal(row["months"]) / (12 * HALF_LIFE[row["class"]]))
            assert number(row["current"]) == int(left.quantize(Decimal(1), rounding=ROUND_HALF_UP)), row


def test_every_level_of_behaviour_and_of_an_area_has_the_value_that_is_published_for_it() -> None:
    for table in having(CORE, "item", "level", "value"):
        assert all(number(row["value"]) == 2_500 * number(row["level"]) for row in table[:-1])
    (published,) = having(PAGE, "value at level 0")
    values = {row["area"].partition(" (`")[0]: row for row in published}
    (areas,) = having(CORE, "area", "level")
    assert len(areas) == 13
    for row in areas[:-1]:
        assert row["value"] == values[row["area"]][f"value at level {row['level']}"]
        assert row["weight"] == values[row["area"]]["weight of 10,000"]


def test_every_item_of_every_dimension_is_there_and_their_contributions_sum_to_the_score() -> None:
    scored = load("1").score(load("1").publication().example())
    told = scored.detail()["explanation"]
    (table,) = having(CORE, "adds, in units")
    rows = [number(row["adds, in units"]) for row in table[:-1]]
    assert rows == [item["contribution"] for one in told["dimensions"] for item in one["items"]]
    assert 5_000_000_000 + sum(rows) == scored.low
    assert number(table[-1]["adds, in units"]) == sum(rows)


@pytest.mark.parametrize(("part", "number_of"), [(CORE, 0), (WITH_INCOME, 1)], ids=["core", "core+income"])
def test_score_band_and_detectable_change_are_the_engines(part: str, number_of: int) -> None:
    version = load("1")
    answers = version.publication().example()
    if number_of:
        figures = ("largest_source", "sources_total", "expenses", "reserve", "months_covered")
        income = dict(zip(figures, (240_000, 300_000, 200_000, 500_000, 11), strict=True))
        answers = {**answers, "profile": "core+income", "income": {"currency": "EUR", **income}}
    told = version.score(answers).trail()["explanations"][number_of]
    results = {right for _, right in equations(part)}
    assert {told["band"]["low"], told["band"]["high"], told["detectable_change"]} <= results
    dimensions = having(part, "dimension", "weight · value")[0]
    assert number(dimensions[-1]["weight · value"]) == told["score"]["low"]
    assert [number(row["value"]) for row in dimensions[:-1]] == [one["value"]["low"] for one in told["dimensions"]]
    for row in having(part, "(W · SEM)²")[0]:
        assert (number(row["W"]) * number(row["SEM"])) ** 2 == number(row["(W · SEM)²"])
        assert (number(row["W"]) * number(row["reference"])) ** 2 == number(row["(W · reference)²"])


def test_no_figure_is_printed_that_nobody_can_read() -> None:
    assert re.findall(r"\d\.\d{5,}", PAGE) == []
