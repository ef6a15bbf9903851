"""A row of a CSV file becomes the hand-in that the mapping says."""

from typing import Any

import pytest

from services.client.mapping import ColumnMapping, NotAMapping, read_mapping

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


def test_cells_and_constants_come_where_the_mapping_says() -> None:
    assert MAPPING.hand_in({"No": "0042", "SOC": " 15-1252.00 ", "Python": "3", "SQL": "1", "Name": "Ada"}) == {
        "external_id": "0042",
        "assessment": {
            "as_of": "2026-11",
            "occupations": [{"code": "15-1252.00", "share": 1000}],
            "skills": [{"id": "python", "level": 3}, {"id": "sql", "level": 1}],
        },
    }


def test_an_empty_cell_leaves_its_entry_out() -> None:
    hand_in = MAPPING.hand_in({"No": "", "SOC": "15-1252.00", "Python": "", "SQL": "2"})
    assert "external_id" not in hand_in
    assert hand_in["assessment"]["skills"] == [{"id": "sql", "level": 2}]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "columns"),
        ({"columns": []}, "columns"),
        ({"columns": {}, "other": {}}, "nothing else"),
        ({"columns": {"No": "external_id"}}, "slash"),
        ({"columns": {"Nr": "/external_id"}}, "no column 'Nr'"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(document: Any, said: str) -> None:
    with pytest.raises(NotAMapping, match=said):
        read_mapping(document, ["No", "SOC"])
