"""A row of a CSV file becomes the hand-in that the mapping says."""

from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.column_mapping import SHAPE, ColumnMapping, NotAMapping, NotARow, Table, read_mapping

HEADER = ("No", "Name", "SOC", "Python", "SQL")
MAPPING = ColumnMapping(
    {
        "No": "/external_id",
        "SOC": "/assessment/occupations/0/code",
        "Python": "/assessment/skills/0/level",
        "SQL": "/assessment/skills/1/level",
    },
    {
        "/assessment/as_of": "2026-11",
        "/assessment/occupations/0/share": 1000,
        "/assessment/skills/0/id": "python",
        "/assessment/skills/1/id": "sql",
    },
)


def table(mapping: ColumnMapping = MAPPING) -> Table:
    return mapping.below(HEADER)


def deep(levels: int) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(levels):
        found = {"x": found}
    return found


def test_cells_and_constants_come_where_the_mapping_says() -> None:
    assert table().hand_in(["0042", "Ada", " 15-1252.00 ", "3", "1"]) == {
        "external_id": "0042",
        "assessment": {
            "as_of": "2026-11",
            "occupations": [{"code": "15-1252.00", "share": 1000}],
            "skills": [{"id": "python", "level": 3}, {"id": "sql", "level": 1}],
        },
    }


def test_an_empty_cell_leaves_its_entry_out() -> None:
    hand_in = table().hand_in(["", "", "15-1252.00", "", "2"])
    assert "external_id" not in hand_in
    assert hand_in["assessment"]["skills"] == [{"id": "sql", "level": 2}]


def test_a_constant_may_be_a_list_or_an_object_and_stands_as_it_is() -> None:
    constants = {"/assessment/skills": [{"id": "python", "level": 3}], "/told": {"0": "zero"}}
    hand_in = ColumnMapping({"No": "/external_id"}, constants).below(["No"]).hand_in(["1"])
    assert hand_in == {
        "external_id": "1",
        "assessment": {"skills": constants["/assessment/skills"]},
        "told": {"0": "zero"},
    }


@pytest.mark.parametrize("row", [[], ["1"], ["1", "Byron", " Ada", "15-1252.00", "2", "3"]])
def test_a_row_with_more_or_fewer_cells_than_the_header_is_nobodys(row: list[str]) -> None:
    with pytest.raises(NotARow, match=f"has 5 cells.* has {len(row)}"):
        table().hand_in(row)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "columns"),
        ({"columns": []}, "columns"),
        ({"columns": {}}, "columns"),
        ({"columns": {"No": "/external_id"}, "other": {}}, "nothing else"),
        ({"columns": {"No": "/external_id"}, "delimiter": "|"}, "comma"),
        ({"columns": {"No": "external_id"}}, "slash"),
        ({"columns": {"No": 7}}, "slash"),
        ({"columns": {"No": "/a" * 9}}, "1 to 8 names"),
        ({"columns": {"No": "/external_id"}, "constants": {"as_of": "2026-11"}}, "slash"),
        ({"columns": {"No": "/external_id"}, "constants": {"/assessment": deep(9)}}, "nested"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why_and_is_none_as_published(document: Any, said: str) -> None:
    with pytest.raises(NotAMapping, match=said):
        read_mapping(document)
    assert said == "nested" or not Draft202012Validator(SHAPE).is_valid(document)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"No": "/external_id", "SOC": "/external_id"}, "Two lead to /external_id"),
        ({"No": "/assessment", "SOC": "/assessment/occupations/0/code"}, "leads through"),
    ],
)
def test_no_two_columns_lead_to_the_same_place_or_through_it(columns: dict[str, str], said: str) -> None:
    with pytest.raises(NotAMapping, match=said):
        read_mapping({"columns": columns})


@pytest.mark.parametrize(
    ("header", "said"), [(["Number"], "no column 'No'; it has Number"), (["No", "No"], "2 columns 'No'")]
)
def test_each_column_of_a_mapping_stands_once_in_the_header(header: list[str], said: str) -> None:
    mapping = read_mapping({"columns": {"No": "/external_id"}, "constants": {}, "delimiter": ";"})
    with pytest.raises(NotAMapping, match=said):
        mapping.below(header)


def test_what_is_used_is_a_mapping_as_published() -> None:
    document = {"columns": dict(MAPPING.columns), "constants": dict(MAPPING.constants), "delimiter": "\t"}
    assert Draft202012Validator(SHAPE).is_valid(document)
    assert read_mapping(document).delimiter == "\t"
