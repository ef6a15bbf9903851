"""Which change between a person's assessments is called one, and of which nothing is said."""

from typing import Any

from services.intake.advice.series import changes
from services.methodology.specimen import specimen
from services.methodology.version import load


def detail(level: int, as_of: str = "2026-11", **changed: Any) -> dict[str, Any]:
    answers = specimen("series", as_of=as_of)
    answers["behaviours"] = [{**one, "level": level} for one in answers["behaviours"]]
    return load().score({**answers, **changed}).detail()


def verdicts(*details: dict[str, Any]) -> list[str]:
    return [one["verdict"] for one in changes({str(number): one for number, one in enumerate(details)})]


def test_a_change_beyond_the_detectable_one_is_called_by_its_direction() -> None:
    assert verdicts(detail(0), detail(4), detail(0)) == ["risen", "fallen"]


def test_a_change_below_the_detectable_one_is_called_none() -> None:
    (told,) = changes({"a": detail(2), "b": detail(2, knowledge=[])})
    assert told["verdict"] == "not-detectable"
    assert max(abs(told["least"]), abs(told["most"])) <= told["detectable_change"]


def test_of_other_occupations_not_even_the_difference_is_told() -> None:
    earlier, later = detail(0), detail(4)
    other = {**later, "occupations": [{**later["occupations"][0], "code": "15-1252.00"}]}
    (told,) = changes({"a": earlier, "b": other})
    assert told == {"earlier": "a", "later": "b", "verdict": "not-comparable", "differs": "occupations"}


def test_results_of_two_versions_are_not_even_set_side_by_side() -> None:
    newer = {**detail(4), "methodology": {"version": "2", "hash": "sha256:" + "0" * 64}}
    assert changes({"a": detail(0), "b": newer}) == []


def test_neighbours_are_those_by_month_and_within_one_by_their_order() -> None:
    given = {"new": detail(1), "old": detail(1, "2025-02"), "newer": detail(1)}
    assert [(one["earlier"], one["later"]) for one in changes(given)] == [("old", "new"), ("new", "newer")]


def test_one_assessment_is_no_series() -> None:
    assert changes({"a": detail(1)}) == changes({}) == []
