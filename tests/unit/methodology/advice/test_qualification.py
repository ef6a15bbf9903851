"""What somebody is qualified for: distances as defined, gates never jumped, gaps that add up."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.methodology import load
from services.methodology.specimen import specimen
from services.methodology.v1.advice.deficit import asked_level, band, deficit, difference, distance
from services.methodology.v1.advice.profiles import NEEDS_LEAST, REGULATED, profiles
from services.methodology.v1.advice.qualification import (
    CLASSES,
    LISTED,
    NEARLY,
    NOW,
    RANKINGS,
    TOLD,
    classes,
    qualification,
)
from services.methodology.v1.advice.standing import standing
from tests.unit.methodology.advice.people import Document, half_answered

VERSION = load("1")


def test_a_distance_is_the_part_of_what_is_asked_that_is_missing() -> None:
    # Given importances 4 and 3, and one half of the first requirement missing: 4 * 1/2 / (4 + 3)
    assert distance([400, 300], [600, 400], [300, 400]) == 2857
    # When more is there than is asked, then it brings nothing nearer
    assert distance([400, 300], [600, 400], [300, 700]) == 2857
    # And what is of importance under 3 does not count
    assert distance([400, 299], [600, 400], [300, 0]) == 5000


@pytest.mark.parametrize(("hundredths", "level"), [(0, 1), (249, 1), (250, 2), (399, 2), (400, 3), (550, 4)])
def test_a_published_level_is_asked_as_one_of_four(hundredths: int, level: int) -> None:
    assert asked_level(hundredths) == level


@given(st.integers(1, 700), st.integers(0, 700))
def test_a_deficit_is_nothing_when_met_and_everything_when_absent(required: int, level: int) -> None:
    assert 0 <= deficit(required, level) <= 10_000
    assert (deficit(required, level) == 0) == (level >= required)
    assert deficit(required, 0) == 10_000


@settings(max_examples=25)
@given(half_answered)
def test_all_distances_at_once_are_those_one_by_one(answers: Document) -> None:
    here = standing(VERSION.score(answers).parts)
    distances = here.distances()
    assert list(distances) == list(profiles().by_code)
    for code in list(distances)[:: len(distances) // 40]:
        assert distances[code] == here.distance(profiles().by_code[code])


@settings(max_examples=25)
@given(half_answered, st.sampled_from(RANKINGS))
def test_every_listed_occupation_belongs_to_its_class(answers: Document, by: str) -> None:
    told = VERSION.qualification(answers, by)
    for one in told["now"]:
        assert one["distance"] <= NOW
        assert one["gates"] == []
    for one in told["nearly"]:
        assert one["distance"] <= NEARLY
        assert one["distance"] > NOW or one["gates"]
        assert one["zone"] <= told["basis"]["zone"] + 1
    own = [code for code in told["occupations"] if code in profiles().by_code]
    assert sum(told["counts"][name] for name in CLASSES) == len(profiles().by_code) - len(own)


@settings(max_examples=25)
@given(half_answered)
def test_the_printed_gaps_add_up_to_the_distance(answers: Document) -> None:
    told = VERSION.qualification(answers)
    for one in [*told["now"], *told["nearly"], *told["not_yet"]]:
        parts = sum(gap["distance"] for gap in one["gaps"])
        assert parts <= one["distance"] <= parts + len(one["gaps"])
        assert all(gap["level"] < gap["required"] for gap in one["gaps"])


@settings(max_examples=25)
@given(half_answered)
def test_what_was_not_asked_is_marked_as_typical(answers: Document) -> None:
    told = VERSION.qualification(answers)
    held = {one["id"] for part in ("skills", "knowledge") for one in answers[part]}
    for one in [*told["now"], *told["nearly"], *told["not_yet"]]:
        for gap in one["gaps"]:
            assert gap["basis"] == ("answered" if gap["id"] in held else "typical")


@settings(max_examples=25)
@given(half_answered, st.integers(0, 35))
def test_knowing_more_never_leads_further_away(answers: Document, which: int) -> None:
    # Given somebody, and the same person with one level more
    items = answers["skills"]
    if not items:
        return
    more = [{**one, "level": min(4, one["level"] + 1)} if one is items[which % len(items)] else one for one in items]
    before, after = (standing(VERSION.score({**answers, "skills": one}).parts).distances() for one in (items, more))
    # Then no distance grew
    assert all(after[code] <= before[code] for code in before)


@settings(max_examples=25)
@given(half_answered, st.sampled_from(RANKINGS))
def test_those_listed_are_the_first_of_all_by_the_ranking_and_then_by_the_others(answers: Document, by: str) -> None:
    # Given all occupations of each class, with everything that ranks them
    scored = VERSION.score(answers).parts
    told = qualification(scored, by)
    for name, all_of_class in classes(standing(scored), scored.plan.codes).items():
        # When they are sorted in full
        first = sorted(all_of_class, key=lambda one: (one.key(by), one.profile.code))[:LISTED]
        # Then the list has the first of them
        if name in TOLD:
            assert [one["code"] for one in told[name]] == [one.profile.code for one in first]


@settings(max_examples=25)
@given(half_answered, st.sampled_from(["resilience", "openings", "wage_usd"]))
def test_a_ranking_runs_from_the_best(answers: Document, field: str) -> None:
    for name in TOLD:
        figures = [one[field] or 0 for one in VERSION.qualification(answers, field.removesuffix("_usd"))[name]]
        assert figures == sorted(figures, reverse=True)


@settings(max_examples=25)
@given(half_answered)
def test_a_ranking_by_distance_lets_likeness_decide_between_equal_ones(answers: Document) -> None:
    told = VERSION.qualification(answers, "distance")
    for name in TOLD:
        keys = [(one["distance"], not one["related"], one["difference"]) for one in told[name]]
        assert keys == sorted(keys)


@settings(max_examples=25)
@given(half_answered)
def test_by_likeness_related_occupations_come_first_and_then_the_least_different(answers: Document) -> None:
    told = VERSION.qualification(answers)
    assert told["ranked_by"] == list(RANKINGS)
    for name in TOLD:
        keys = [(not one["related"], one["difference"]) for one in told[name]]
        assert keys == sorted(keys)


level = st.integers(0, 700)
levels = st.lists(level, min_size=5, max_size=5)


@given(levels, levels)
def test_a_difference_is_nothing_to_oneself_and_the_same_from_both_sides(one: list[int], other: list[int]) -> None:
    assert difference(one, sum(one), one, sum(one)) == 0
    there = difference(one, sum(one), other, sum(other))
    assert there == difference(other, sum(other), one, sum(one))
    highest = sum(map(max, one, other))
    assert there == (10_000 * sum(abs(a - b) for a, b in zip(one, other, strict=True)) // highest if highest else 0)


@given(level)
def test_an_answered_level_stands_for_the_levels_that_are_asked_as_it(hundredths: int) -> None:
    low, high = band(asked_level(hundredths))
    assert low <= hundredths <= high
    assert band(0) == (0, 0)


def typical(code: str) -> Document:
    """What is told to somebody who is typical of an occupation."""
    answers = {"as_of": "2026-11", "profile": "core", "occupations": [{"code": code, "share": 1000}]}
    told: Document = VERSION.qualification(answers)
    return told


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("15-1252.00", {"Computer Programmers", "Web Developers", "Penetration Testers", "Database Architects"}),
        ("35-3011.00", {"Waiters and Waitresses", "Baristas"}),
        ("23-1011.00", {"Judicial Law Clerks", "Labor Relations Specialists"}),
        ("29-1141.00", {"Licensed Practical and Licensed Vocational Nurses", "Paramedics"}),
        ("13-2011.00", {"Budget Analysts", "Tax Preparers", "Bookkeeping, Accounting, and Auditing Clerks"}),
        ("53-3032.00", {"Light Truck Drivers", "Shuttle Drivers and Chauffeurs"}),
    ],
)
def test_the_first_of_the_list_are_occupations_that_anybody_would_name(code: str, expected: set[str]) -> None:
    told = typical(code)
    assert expected <= {one["title"] for one in told["now"]}
    assert {one["title"] for one in told["now"][:2]} <= {one["title"] for one in told["now"] if one["related"]}


def test_nobody_is_near_to_an_occupation_of_which_too_little_is_measured() -> None:
    # Given occupations of which fewer than ten elements are of importance 3 and more
    few = {code for code, profile in profiles().by_code.items() if len(profile.needs) < NEEDS_LEAST}
    assert len(few) == 91
    # When somebody asks who knows little, or much, then none of them is called near or far
    for code in ("35-2021.00", "15-1252.00", "37-2011.00"):
        told = typical(code)
        assert not few & {one["code"] for name in TOLD for one in told[name]}
        # And the nearest of them are named apart, with how little is known
        assert {one["code"] for one in told["too_little_measured"]} <= few
        assert all(one["needs"] < NEEDS_LEAST for one in told["too_little_measured"])


def test_a_regulated_profession_carries_a_warning() -> None:
    known = profiles().by_code
    assert known["29-1141.00"].regulated
    assert known["23-1011.00"].regulated
    assert not known["15-1252.00"].regulated
    assert "authority" in profiles().warning


def test_every_regulated_profession_says_what_it_rests_on() -> None:
    for one in json.loads(REGULATED.read_bytes())["professions"]:
        assert one["evidence"] in ("official", "secondary", "judgement")
        assert (one["source"] == "our judgement") == (one["evidence"] == "judgement")
        if one["evidence"] == "official":
            assert one["source"].split("/")[2] in ("esco.ec.europa.eu", "www.bls.gov")


def test_an_unknown_ranking_is_refused() -> None:
    with pytest.raises(ValueError, match="likeness, distance, resilience, openings, wage, not by prestige"):
        VERSION.qualification(specimen("any"), "prestige")


def test_the_same_answers_give_the_same_bytes() -> None:
    answers = specimen("again", occupations=3)
    turned = {part: value[::-1] if isinstance(value, list) else value for part, value in answers.items()}
    assert json.dumps(VERSION.qualification(answers)) == json.dumps(VERSION.qualification(turned))
