"""Skills fade if nothing is refreshed: exactly as the engine would score it, and never for the better."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.methodology import load
from services.methodology.specimen import specimen
from services.methodology.v1.advice.month import later
from services.methodology.v1.advice.obsolescence import falls_short
from services.methodology.v1.tables import tables
from tests.unit.methodology.advice.people import Document, half_answered, people

VERSION = load("1")


def faded(answers: Document) -> Document:
    told: Document = VERSION.forecast(answers)["obsolescence"]
    return told


def aged(answers: Document, years: int) -> Document:
    skills = [{**one, "months": one["months"] + 12 * years} for one in answers["skills"]]
    return {**answers, "skills": skills}


@given(half_answered)
def test_the_path_is_what_the_engine_gives_for_older_skills(answers: Document) -> None:
    for point in faded(answers)["path"]:
        scored = VERSION.score(aged(answers, point["years"])).parts
        assert point["score"] == {"low": scored.low(scored.profile), "high": scored.high(scored.profile)}


@given(people)
def test_nothing_improves_without_action(answers: Document) -> None:
    told = faded(answers)
    path = [point["score"]["low"] for point in told["path"]]
    assert path == sorted(path, reverse=True)
    for skill in told["skills"]:
        assert skill["current_hundredths"] == sorted(skill["current_hundredths"], reverse=True)
        assert skill["refresh_gain"] == sorted(skill["refresh_gain"])


@given(people, st.integers(0, 35))
def test_refreshing_gains_exactly_what_is_told(answers: Document, which: int) -> None:
    # Given one skill of a person
    told = faded(answers)
    if not told["skills"]:
        return
    skill = told["skills"][which % len(told["skills"])]
    # When it is refreshed today
    fresh = [{**one, "months": 0} if one["id"] == skill["id"] else one for one in answers["skills"]]
    scored = VERSION.score({**answers, "skills": fresh}).parts
    # Then the score rises by the gain that was told
    assert scored.low(told["profile"]) - told["path"][0]["score"]["low"] == skill["refresh_gain"][0]


@given(st.integers(1, 4), st.integers(0, 300), st.integers(1, 4), st.sampled_from(["technology", "knowledge"]))
def test_a_skill_falls_short_in_the_first_month_it_is_nearer_to_a_lower_level(
    level: int, months: int, required: int, of: str
) -> None:
    decay = tables().decay[of]
    after = falls_short(decay, level, months, required)
    assert after is not None
    assert 2 * level * decay[months + after] < (2 * required - 1) * 10_000
    assert after == 0 or 2 * level * decay[months + after - 1] >= (2 * required - 1) * 10_000


def test_a_technology_just_met_holds_for_a_year_and_one_above_for_longer() -> None:
    # Given the half-life of 4.1 years: 2.5 of 3 levels are left after 4.1 * log2(3 / 2.5) years, 12.9 months
    decay = tables().decay["technology"]
    assert falls_short(decay, 3, 0, 3) == 13
    assert falls_short(decay, 4, 0, 3) == 34


@pytest.mark.parametrize(("count", "month"), [(0, "2026-11"), (1, "2026-12"), (2, "2027-01"), (-11, "2025-12")])
def test_months_are_counted_over_the_end_of_a_year(count: int, month: str) -> None:
    assert later("2026-11", count) == month


def test_the_same_answers_give_the_same_bytes() -> None:
    answers = specimen("fading")
    turned = {**answers, "skills": answers["skills"][::-1]}
    assert json.dumps(faded(answers)) == json.dumps(faded(turned))
