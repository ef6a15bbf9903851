"""A change is called one only where it is more than measurement error."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.methodology import load
from services.methodology.series import change, detected, earlier_than, nearest_rise, neighbours
from services.methodology.specimen import specimen

VERSION = load("1")


def person(level: int, **changes: Any) -> dict[str, Any]:
    given_answers = specimen("series")
    parts = {part: [{**one, "level": level} for one in given_answers[part]] for part in ("skills", "behaviours")}
    return VERSION.score({**given_answers, **parts, **changes}).detail()


def test_a_large_change_is_detected_in_its_direction() -> None:
    assert change(person(1), person(4)).direction == 1
    assert change(person(4), person(1)).direction == -1


def test_no_change_is_claimed_within_measurement_error() -> None:
    found = change(person(2), person(2))
    assert (found.reason, found.direction, found.least) == ("", 0, 0)


@given(st.integers(0, 4), st.integers(0, 4))
def test_a_detected_change_is_beyond_the_detectable_one(one: int, other: int) -> None:
    found = change(person(one), person(other))
    assert (found.direction != 0) == (abs(found.least) > found.detectable)


@given(st.integers(0, 10**10), st.integers(0, 10**9))
def test_the_nearest_rise_is_the_first_score_that_is_told_as_one(high: int, detectable: int) -> None:
    rise = nearest_rise(high, detectable)
    assert detected(rise - high, detectable)
    assert not detected(rise - 1 - high, detectable)


def test_an_interval_is_compared_by_its_nearest_ends() -> None:
    found = change(person(4), person(4, behaviours=[]))
    assert found.direction == 0
    assert found.least < 0 == found.most


def test_other_occupations_and_other_versions_are_never_compared() -> None:
    earlier, later = person(1), person(4)
    other = {**later, "occupations": [{**later["occupations"][0], "code": "15-1252.00"}]}
    newer = {**later, "methodology": {**later["methodology"], "version": "2"}}
    assert (change(earlier, other).reason, change(earlier, other).direction) == ("occupations", 0)
    assert (change(earlier, newer).reason, change(earlier, newer).direction) == ("version", 0)


def test_neighbours_go_by_month() -> None:
    details = {month: person(2, as_of=month) for month in ("2026-11", "2025-02", "2026-01")}
    assert neighbours(details) == [("2025-02", "2026-01"), ("2026-01", "2026-11")]


def test_results_of_two_versions_are_no_neighbours_whatever_stands_between_them() -> None:
    detail = person(2)
    newer = {**detail, "methodology": {"version": "2", "hash": "sha256:" + "0" * 64}}
    found = neighbours({"a": detail, "a again": newer, "b": detail, "b again": newer})
    assert found == [("a", "b"), ("a again", "b again")]


def test_the_earlier_ones_are_those_of_the_same_version_the_nearest_first() -> None:
    details = {month: person(2, as_of=month) for month in ("2026-11", "2025-02", "2026-01")}
    newer = {**person(2), "methodology": {"version": "2", "hash": "sha256:" + "0" * 64}}
    assert earlier_than("2026-11", details | {"newer": newer}) == ["2026-01", "2025-02"]
    assert earlier_than("newer", details | {"newer": newer}) == []


def test_a_twelve_month_pause_takes_twelve_months_off_every_skill() -> None:
    given_answers = specimen("pause")
    later = [{**one, "months": one["months"] + 12} for one in given_answers["skills"]]
    before, paused = (
        VERSION.score(one).low for one in (given_answers, {**given_answers, "skills": later, "pause_months": 12})
    )
    unpaused = VERSION.score({**given_answers, "skills": later}).low
    assert unpaused < before == paused
