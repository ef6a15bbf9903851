"""A plan for the hours somebody has: exact gains, the best there is, and no promise beyond the evidence."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.methodology import load
from services.methodology.series import change
from services.methodology.specimen import specimen
from services.methodology.v1.advice.optimality import holds, proof
from tests.unit.methodology.advice.people import Document, after, half_answered, people

VERSION = load("1")
hours_a_month = st.integers(1, 80)
spans = st.integers(1, 24)


@settings(max_examples=40)
@given(half_answered, hours_a_month, spans)
def test_taking_the_planned_steps_gives_exactly_the_score_that_was_told(
    answers: Document, hours: int, months: int
) -> None:
    told = VERSION.plan(answers, hours, months)
    scored = VERSION.score(after(answers, told["plan"]["steps"])).parts
    assert scored.low(told["profile"]) == told["plan"]["score_after"]["low"]


@settings(max_examples=40)
@given(half_answered, st.integers(20, 200), st.integers(12, 60))
def test_a_plan_gains_more_than_measurement_error_exactly_where_a_later_assessment_tells_a_rise(
    answers: Document, hours: int, months: int
) -> None:
    core = {part: value for part, value in answers.items() if part != "income"} | {"profile": "core"}
    plan = VERSION.plan(core, hours, months)["plan"]
    later = VERSION.score(after(core, plan["steps"])).detail()
    risen = change(VERSION.score(core).detail(), later).direction == 1
    assert plan["more_than_measurement_error"] == risen


@settings(max_examples=40)
@given(half_answered, hours_a_month, spans)
def test_a_plan_fits_the_hours_month_by_month(answers: Document, hours: int, months: int) -> None:
    plan = VERSION.plan(answers, hours, months)["plan"]
    spent = [sum(step["hours"] for step in month["steps"]) for month in plan["by_month"]]
    assert len(spent) <= months
    assert all(one <= hours for one in spent)
    assert sum(spent) == plan["hours"] == sum(step["hours"]["middle"] for step in plan["steps"])


@settings(max_examples=40)
@given(half_answered, hours_a_month, spans)
def test_a_printed_plan_shows_by_itself_that_it_is_the_best(answers: Document, hours: int, months: int) -> None:
    # Given a plan as it is printed, without the table that found it
    told = json.loads(json.dumps(VERSION.plan(answers, hours, months)))
    # Then its own steps and its proof show that nothing gains more
    assert holds(told)
    assert told["plan"]["proof"]["gap"] == told["plan"]["proof"]["bound"] - told["plan"]["gain"] >= 0


@settings(max_examples=40)
@given(people, st.integers(2, 40), spans, st.integers(0, 20))
def test_a_plan_that_could_be_better_does_not_pass_for_the_best(
    answers: Document, hours: int, months: int, which: int
) -> None:
    # Given a plan from which a step was taken, with all sums put right
    told = VERSION.plan(answers, hours, months)
    plan = told["plan"]
    if not plan["steps"]:
        return
    gone = plan["steps"].pop(which % len(plan["steps"]))
    plan["gain"] -= gone["gain"]
    plan["proof"]["gap"] += gone["gain"]
    # Then the proof does not hold, also where it is made anew for the smaller gain
    assert not holds(told)
    by_item: dict[str, list[tuple[int, int]]] = {}
    for step in told["steps"]:
        by_item.setdefault(step["id"], []).append((step["hours"]["middle"] // 10, step["gain"]))
    ids = sorted(by_item)
    plan["proof"] = proof(
        ids, [by_item[item] for item in ids], hours * months // 10, plan["gain"], plan["proof"]["price"]
    )
    assert not holds(told)


@settings(max_examples=40)
@given(half_answered, hours_a_month, spans)
def test_a_plan_says_which_bundles_its_steps_complete(answers: Document, hours: int, months: int) -> None:
    # Given the specialisations and certifications before a plan, and after its steps
    told = VERSION.plan(answers, hours, months)
    then = VERSION.plan(after(answers, told["plan"]["steps"]), hours, months)

    def met(plan: Document) -> dict[str, set[str]]:
        parts = {one["id"]: one["items"] for one in plan["specialisations"]}
        parts |= {one["id"]: one["evidences"]["items"] for one in plan["certifications"]}
        return {name: {item["id"] for item in items if item["basis"] == "held"} for name, items in parts.items()}

    before, later = met(told), met(then)
    # Then those are named that came nearer, with what was added and what is lacking
    named = {one["id"]: one for one in told["plan"]["evidence"]}
    assert named.keys() == {name for name in later if later[name] != before[name]}
    for name, one in named.items():
        assert set(one["adds"]) == later[name] - before[name]
        assert (one["met"], one["complete"]) == (len(later[name]), not one["lacks"])
        assert one["of"] == one["met"] + len(one["lacks"])


@pytest.mark.parametrize(("hours", "level"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (200, 4)])
def test_keeping_a_plan_is_planned_learning_of_as_many_hours(hours: int, level: int) -> None:
    answers = {**specimen("habits"), "behaviours": [{"id": "learning.planned", "level": 0}]}
    assert VERSION.plan(answers, hours, 12)["plan"]["planned_learning"]["level"] == level


@settings(max_examples=40)
@given(people, hours_a_month, st.integers(2, 24))
def test_another_month_never_gains_less(answers: Document, hours: int, months: int) -> None:
    gains = VERSION.plan(answers, hours, months)["plan"]["best_by_month"]
    assert gains == sorted(gains)
    assert gains[:-1] == VERSION.plan(answers, hours, months - 1)["plan"]["best_by_month"]


@settings(max_examples=40)
@given(people)
def test_every_step_alone_gains_what_is_told(answers: Document) -> None:
    told = VERSION.plan(answers, 10, 1)
    for step in told["steps"][:5]:
        scored = VERSION.score(after(answers, [step])).parts
        assert scored.low(told["profile"]) - told["score"]["low"] == step["gain"]
        assert step["hours"]["low"] * 2 == step["hours"]["middle"] == step["hours"]["high"] // 2


def test_behaviours_are_told_as_what_to_do_and_take_no_place_in_the_plan() -> None:
    told = VERSION.plan(specimen("habits"), 200, 60)
    planned = {step["id"] for step in told["plan"]["steps"]}
    assert not [item for item in planned if item.startswith(("ai.", "learning."))]
    assert all(practice["behaviour"] for practice in told["practices"])


@pytest.mark.parametrize(("hours", "months"), [(0, 1), (201, 1), (1, 0), (1, 61)])
def test_hours_and_months_out_of_range_are_refused(hours: int, months: int) -> None:
    with pytest.raises(ValueError, match="lie between 1 and"):
        VERSION.plan(specimen("any"), hours, months)


def test_the_same_answers_give_the_same_bytes() -> None:
    answers = specimen("again", occupations=2)
    turned = {part: value[::-1] if isinstance(value, list) else value for part, value in answers.items()}
    assert json.dumps(VERSION.plan(answers, 12, 12)) == json.dumps(VERSION.plan(turned, 12, 12))
