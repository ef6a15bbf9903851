"""The answers of an assessment, by their form."""

from typing import Any

import pytest
from marshmallow import ValidationError

from schemas.answers import Answers, IncomeAnswer

FULL: dict[str, Any] = {
    "as_of": "2026-11",
    "profile": "core+income",
    "occupations": [{"code": "15-1252.00", "share": 1000}],
    "target": False,
    "activities": [{"occupation": "15-1252.00", "id": "rest", "factor": 500}],
    "skills": [{"id": "tech.web-platform-development-software", "level": 4, "months": 0, "technology": "Django"}],
    "knowledge": [{"id": "2.C.4.a", "level": 2}],
    "behaviours": [{"id": "ai.used", "level": 4}],
    "pause_months": 12,
    "income": {
        "currency": "EUR",
        "largest_source": 200_000,
        "sources_total": 300_000,
        "expenses": 180_000,
        "reserve": 900_000,
        "months_covered": 11,
        "sources": 2,
    },
    "response": {"seconds": 600, "instructed": 2},
}


def test_a_full_document_is_taken_as_it_is() -> None:
    assert Answers().load(FULL) == FULL


def test_what_is_optional_may_be_left_out() -> None:
    short = {key: FULL[key] for key in ("as_of", "profile", "occupations")}
    assert Answers().load(short) == short


@pytest.mark.parametrize("attribute", ["name", "age", "sex", "nationality", "external_id"])
def test_no_attribute_of_the_person_has_a_place(attribute: str) -> None:
    with pytest.raises(ValidationError, match="Unknown field"):
        Answers().load({**FULL, attribute: "x"})


@pytest.mark.parametrize(
    ("part", "value", "path"),
    [
        ("as_of", "2026-1", ["as_of"]),
        ("profile", "income", ["profile"]),
        ("occupations", [], ["occupations"]),
        ("occupations", [{"code": "15-1252", "share": 1000}], ["occupations", 0, "code"]),
        ("skills", [{"id": "2.C.3.a", "level": 5, "months": 0}], ["skills", 0, "level"]),
        ("skills", [{"id": "2.C.3.a", "level": 4, "months": -1}], ["skills", 0, "months"]),
        ("activities", [{"id": "rest", "factor": 1500}], ["activities", 0, "factor"]),
        ("income", {"currency": "eur"}, ["income", "currency"]),
        ("income", {"currency": "EUR", "expenses": 1800.5}, ["income", "expenses"]),
        ("response", {"seconds": "600"}, ["response", "seconds"]),
    ],
)
def test_an_error_names_the_answer(part: str, value: Any, path: list[str | int]) -> None:
    with pytest.raises(ValidationError) as caught:
        Answers().load({**FULL, part: value})
    found: Any = caught.value.messages
    for step in path:
        found = found[step]
    assert isinstance(found, list)


@pytest.mark.parametrize(
    ("mixed", "place"),
    [
        ({"currency": "EUR/USD"}, "currency"),
        ({"currency": ["EUR", "USD"]}, "currency"),
        ({"currency": "EUR", "reserve_currency": "USD"}, "reserve_currency"),
    ],
)
def test_whoever_mixes_currencies_is_told_that_all_amounts_are_in_one(mixed: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        IncomeAnswer().load(mixed)
    assert isinstance(refused.value.messages, dict)
    assert "one currency" in refused.value.messages[place][0]
