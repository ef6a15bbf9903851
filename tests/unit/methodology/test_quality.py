"""Signs of careless answering are shown in groups, and never change a score."""

from typing import Any

import pytest

from services.methodology import load
from services.methodology.specimen import specimen

VERSION = load("1")


def quality(**changes: Any) -> dict[str, Any]:
    answers: dict[str, Any] = {**specimen("quality"), **changes}
    return dict(VERSION.score(answers).trail()["quality"])


def test_careful_answers_show_no_sign() -> None:
    assert quality() == {"flagged": False, "groups": []}


def test_under_two_seconds_an_answer_is_a_sign() -> None:
    assert quality(response={"seconds": 20})["groups"] == ["time"]
    assert quality(response={"seconds": 600})["groups"] == []


def test_another_choice_than_the_instructed_is_a_sign() -> None:
    assert quality(response={"instructed": 4})["groups"] == ["instructed"]
    assert quality(response={"instructed": 2})["groups"] == []


def test_the_same_level_everywhere_is_a_sign() -> None:
    given = specimen("quality")
    same = {part: [{**one, "level": 2} for one in given[part]] for part in ("skills", "knowledge", "behaviours")}
    assert quality(**same)["groups"] == ["uniformity"]


@pytest.mark.parametrize(
    ("never", "often", "level"),
    [("ai.used", "ai.checked", 3), ("ai.used", "ai.built", 2), ("learning.planned", "learning.shown", 3)],
)
def test_a_pair_that_contradicts_itself_is_a_sign(never: str, often: str, level: int) -> None:
    pair = [{"id": never, "level": 0}, {"id": often, "level": level}]
    assert quality(behaviours=pair)["groups"] == ["contradiction"]
    assert quality(behaviours=[pair[0], {"id": often, "level": level - 1}])["groups"] == []


def test_two_groups_raise_the_flag() -> None:
    assert quality(response={"seconds": 20, "instructed": 0}) == {
        "flagged": True,
        "groups": ["time", "instructed"],
    }
