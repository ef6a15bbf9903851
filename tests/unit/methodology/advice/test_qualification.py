"""What somebody is qualified for: distances as defined, gates never jumped, gaps that add up."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.methodology import load
from services.methodology.specimen import specimen
from services.methodology.v1.advice.deficit import asked_level, deficit, distance
from services.methodology.v1.advice.profiles import profiles
from services.methodology.v1.advice.qualification import CLASSES, NEARLY, NOW, RANKINGS
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
@given(half_answered, st.sampled_from(RANKINGS[1:]))
def test_a_ranking_runs_from_the_best(answers: Document, by: str) -> None:
    field = {"resilience": "resilience", "openings": "openings", "wage": "wage_usd"}[by]
    for name in ("now", "nearly", "not_yet"):
        figures = [one[field] or 0 for one in VERSION.qualification(answers, by)[name]]
        assert figures == sorted(figures, reverse=True)


def test_a_regulated_profession_carries_a_warning() -> None:
    known = profiles().by_code
    assert known["29-1141.00"].regulated
    assert known["23-1011.00"].regulated
    assert not known["15-1252.00"].regulated
    assert "authority" in profiles().warning


def test_an_unknown_ranking_is_refused() -> None:
    with pytest.raises(ValueError, match="distance, resilience, openings, wage, not by prestige"):
        VERSION.qualification(specimen("any"), "prestige")


def test_the_same_answers_give_the_same_bytes() -> None:
    answers = specimen("again", occupations=3)
    turned = {part: value[::-1] if isinstance(value, list) else value for part, value in answers.items()}
    assert json.dumps(VERSION.qualification(answers)) == json.dumps(VERSION.qualification(turned))
