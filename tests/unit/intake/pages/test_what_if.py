"""What if: what may be said of a difference, in either direction, and what there is to move."""

from copy import deepcopy
from typing import Any

import pytest

from infra.pages.form import Form
from services.intake.pages.what_if import changed, sliders, verdict
from services.methodology.specimen import specimen
from services.methodology.version import load

VERSION = load()
ANSWERS = specimen("what if", profile="core", codes=("15-1252.00",))


def at(level: int) -> dict[str, Any]:
    """The answers with every habit and every fresh skill at one level."""
    moved = deepcopy(ANSWERS)
    for one in (*moved["behaviours"], *moved["skills"]):
        one["level"] = level
    for one in moved["skills"]:
        one["months"] = 0
    return moved


def said(before: dict[str, Any], after: dict[str, Any]) -> str:
    return verdict(VERSION.score(before).detail(), VERSION.score(after).detail())


@pytest.mark.parametrize(
    ("before", "after", "told"), [(1, 4, "risen"), (4, 1, "fallen"), (3, 3, "same"), (0, 4, "risen")]
)
def test_a_difference_of_more_than_measurement_error_is_said_in_either_direction(
    before: int, after: int, told: str
) -> None:
    assert said(at(before), at(after)) == told


@pytest.mark.parametrize("step", [-1, 1])
def test_a_difference_within_measurement_error_is_called_neither_rise_nor_fall(step: int) -> None:
    moved = at(2)
    moved["behaviours"][0]["level"] += step
    assert said(at(2), moved) == "not-detectable"


def test_every_answered_level_can_be_moved_and_where_nothing_was_answered_there_is_none() -> None:
    asked = sliders(VERSION, ANSWERS, "de")
    first = asked["behaviours"][0]
    moved = changed(ANSWERS, Form({first.field: ["4" if first.level != 4 else "0"]}))
    assert [one["level"] for one in moved["behaviours"]][1:] == [one["level"] for one in ANSWERS["behaviours"]][1:]
    assert moved["behaviours"][0]["level"] != first.level
    open_ = {name: value for name, value in ANSWERS.items() if name not in ("behaviours", "skills")}
    assert sliders(VERSION, open_, "en") == {"behaviours": [], "skills": []}
