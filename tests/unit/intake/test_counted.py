"""What of a hand-in is counted: what was told, and answers as coarse cells."""

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.statistics import AGE_BANDS, ANSWER_CELLS, SEXES, Counted
from services.intake.handing_in.counted import counted
from services.methodology.specimen import specimen

NURSE = {"occupations": [{"code": "15-1252.00", "share": 400}, {"code": "29-1141.00", "share": 600}]}


def levels(*given: int, prefix: str = "") -> list[dict[str, Any]]:
    return [{"id": f"{prefix}{number}", "level": level} for number, level in enumerate(given)]


def months(*given: int) -> list[dict[str, Any]]:
    return [{"id": str(number), "level": 2, "months": one} for number, one in enumerate(given)]


def factors(*given: int) -> list[dict[str, Any]]:
    return [{"id": str(number), "factor": factor} for number, factor in enumerate(given)]


def of(told: dict[str, Any] | None = None, **answers: Any) -> Counted:
    return counted(NURSE | answers, told or {})


def test_whoever_tells_nothing_and_answers_little_is_in_the_first_cells() -> None:
    assert msgspec.structs.astuple(of()) == (0, 0, 0, 10, 0, 0, 0, 0, 0, 0)


def test_sex_and_age_band_are_counted_as_told() -> None:
    both = of({"sex": "male", "age_band": "65-or-over", "notice": "n-1", "language": "en"})
    assert (both.sex, both.age_band) == (2, 6)


@pytest.mark.parametrize(("pause", "told"), [({}, 0), ({"pause_months": 0}, 0), ({"pause_months": 9}, 1)])
def test_a_pause_of_some_months_is_a_career_break(pause: dict[str, int], told: int) -> None:
    assert of(**pause).career_break == told


@pytest.mark.parametrize(
    ("answers", "name", "cell"),
    [
        ({"skills": levels(0, 1)}, "skills", 2),  # a mean of a half is rounded up
        ({"skills": levels(4, 4)}, "skills", 5),
        ({"knowledge": levels(2, 3, 2)}, "knowledge", 3),
        ({"behaviours": levels(4, 4, prefix="ai.") + levels(0, prefix="learning.")}, "ai", 5),
        ({"behaviours": levels(4, 4, prefix="ai.") + levels(0, prefix="learning.")}, "learning", 1),
        ({"skills": months(0, 11)}, "recency", 1),
        ({"skills": months(6)}, "recency", 2),
        ({"skills": months(48)}, "recency", 5),
        ({"activities": factors(1000, 1000, 1000, 1000)}, "tasks", 1),
        ({"activities": factors(1000, 1000, 1000, 4000)}, "tasks", 2),
        ({"activities": factors(1000, 1000, 0, 4000)}, "tasks", 3),
        ({"activities": factors(1000, 500, 0, 4000)}, "tasks", 4),
    ],
)
def test_answers_are_counted_in_coarse_cells(answers: dict[str, Any], name: str, cell: int) -> None:
    assert getattr(of(**answers), name) == cell


@given(st.text(max_size=8), st.sampled_from([*SEXES, None]), st.sampled_from([*AGE_BANDS, None]))
def test_whatever_is_told_has_the_same_length_and_its_cells(seed: str, sex: str | None, band: str | None) -> None:
    found = counted(specimen(seed), {"sex": sex, "age_band": band})
    raw = msgspec.msgpack.encode(found)
    assert len(raw) == 1 + len(msgspec.structs.fields(Counted))
    assert msgspec.msgpack.decode(raw, type=Counted) == found


def test_no_cell_lies_beyond_those_that_are_counted() -> None:
    bounds = {field.name: get_args(field.type)[1].le for field in msgspec.structs.fields(Counted)}
    assert {name: bounds[name] + 1 for name in ANSWER_CELLS} == ANSWER_CELLS
