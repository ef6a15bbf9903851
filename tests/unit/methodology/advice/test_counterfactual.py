"""Counterfactuals on generated people: exact, smallest, and never a wish that nothing could fulfil."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.methodology import load
from services.methodology.series import change
from services.methodology.specimen import specimen
from tests.unit.methodology.advice.people import Document, after, half_answered, people, seeds

VERSION = load("1")
POINT = 10**8
targets = st.integers(0, 100).map(lambda points: points * POINT)


@given(half_answered, targets)
def test_making_the_changes_gives_exactly_the_score_that_was_told(answers: Document, target: int) -> None:
    # Given the smallest change to a target
    told = VERSION.counterfactual(answers, target)
    if not told["reachable"]:
        assert told["maximum"] < target
        return
    # When the person has made it
    scored = VERSION.score(after(answers, told["changes"]))
    # Then the score is the one told, and it reaches the target
    assert scored.parts.low(told["profile"]) == told["reached"]
    assert told["reached"] >= target
    assert told["reached"] - told["score"]["low"] == sum(change["gain"] for change in told["changes"])


@given(people)
def test_the_maximum_can_be_reached_and_nothing_above_it(answers: Document) -> None:
    maximum = VERSION.counterfactual(answers, 0)["maximum"]
    assert VERSION.counterfactual(answers, maximum)["reached"] == maximum
    above = VERSION.counterfactual(answers, min(100 * POINT, maximum + 1))
    assert above["reachable"] == (maximum == 100 * POINT)


@given(people, targets)
def test_the_printed_sums_prove_that_no_fewer_items_do(answers: Document, target: int) -> None:
    told = VERSION.counterfactual(answers, target)
    if told["reachable"] and told["needed"]:
        proof = told["proof"]
        assert proof["items"] == len(told["changes"]) == len(proof["largest_of_one_fewer"]) + 1
        assert proof["sum_of_one_fewer"] == sum(proof["largest_of_one_fewer"]) < told["needed"]
        assert proof["sum_of_as_many"] >= told["needed"]


open_core = half_answered.map(
    lambda answers: {part: value for part, value in answers.items() if part != "income"} | {"profile": "core"}
)


@given(open_core, targets | st.none())
def test_a_change_is_more_than_measurement_error_exactly_where_a_later_assessment_tells_it_as_a_rise(
    answers: Document, target: int | None
) -> None:
    # Given the smallest change to a target, or to the one that is taken where none is named
    told = VERSION.counterfactual(answers, target)
    # When who made it is assessed again
    if told["reachable"]:
        later = VERSION.score(after(answers, told["changes"])).detail()
        risen = change(VERSION.score(answers).detail(), later).direction == 1
        # Then the series of both assessments says the same of the change
        assert told["more_than_measurement_error"] == risen


@given(half_answered)
def test_without_a_target_it_is_the_nearest_score_above_both_ends_by_more_than_measurement_error(
    answers: Document,
) -> None:
    told = VERSION.counterfactual(answers)
    rise = told["score"]["high"] + told["detectable_change"] + 1
    assert told["target"] == min(100 * POINT, rise)
    if told["reachable"] and rise <= 100 * POINT:
        assert told["more_than_measurement_error"]


def test_one_open_question_moves_the_target_that_is_taken() -> None:
    # Given somebody who left one question open, which makes an interval of the score
    answers = specimen("open", profile="core")
    told = VERSION.counterfactual({**answers, "behaviours": answers["behaviours"][1:]})
    width = told["score"]["high"] - told["score"]["low"]
    # Then what is needed covers the interval as well
    assert told["needed"] == width + told["detectable_change"] + 1 > told["detectable_change"] + 1


@given(half_answered, targets)
def test_the_order_of_answers_changes_no_byte(answers: Document, target: int) -> None:
    shuffled = {part: value[::-1] if isinstance(value, list) else value for part, value in answers.items()}
    told = [json.dumps(VERSION.counterfactual(one, target)) for one in (answers, shuffled)]
    assert told[0] == told[1]


def test_a_score_already_reached_needs_no_change() -> None:
    told = VERSION.counterfactual(specimen("reached"), POINT)
    assert (told["needed"], told["changes"], told["steps"]) == (0, [], 0)


def test_what_was_left_open_is_named_and_never_offered_as_a_change() -> None:
    # Given somebody who answered no behaviour item
    answers = specimen("open")
    less = {**answers, "behaviours": []}
    # When everything that can be changed has to be
    told = VERSION.counterfactual(less, VERSION.counterfactual(less, 0)["maximum"])
    # Then no behaviour is among the changes, and all twelve are named as open
    assert not [change for change in told["changes"] if change["id"].startswith(("ai.", "learning."))]
    assert len(told["open"]) == 12


def test_an_item_of_ai_is_told_as_something_to_do() -> None:
    answers = specimen("habits")
    answers["behaviours"] = [{**one, "level": 0} for one in answers["behaviours"]]
    told = VERSION.counterfactual(answers, VERSION.counterfactual(answers, 0)["maximum"])
    spoken = {change["id"]: change["behaviour"] for change in told["changes"] if "behaviour" in change}
    assert spoken["ai.checked"] == (
        "check what AI gave you against a source or a test before you use it: daily, as standard practice"
    )


@pytest.mark.parametrize("target", [-1, 100 * POINT + 1])
def test_a_target_that_is_no_score_is_refused(target: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 10000000000 units"):
        VERSION.counterfactual(specimen("any"), target)


@given(seeds, st.sets(st.sampled_from(["largest_source", "sources_total", "expenses", "reserve", "months_covered"])))
@settings(max_examples=40)
def test_income_that_was_left_open_is_no_change_either(seed: str, dropped: set[str]) -> None:
    # Given somebody who left some figures of income open
    answers = specimen(seed, profile="core+income")
    answers["income"] = {name: value for name, value in answers["income"].items() if name not in dropped}
    # When everything that can be changed is
    told = VERSION.counterfactual(answers, VERSION.counterfactual(answers, 0)["maximum"])
    # Then the score is the one told, and what needs an open figure is not among the changes
    scored = VERSION.score(after(answers, told["changes"])).parts
    assert scored.low(told["profile"]) == told["reached"] == told["maximum"]
    assert not {change["id"] for change in told["changes"]} & set(told["open"])
