"""A plan for the hours somebody has: exact gains, the best there is, and no promise beyond the evidence."""

import json
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.methodology import load
from services.methodology.specimen import specimen
from services.methodology.v1.advice.credentials import credentials
from services.methodology.v1.tables import tables
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
@given(half_answered, hours_a_month, spans)
def test_a_plan_fits_the_hours_month_by_month(answers: Document, hours: int, months: int) -> None:
    plan = VERSION.plan(answers, hours, months)["plan"]
    spent = [sum(step["hours"] for step in month["steps"]) for month in plan["by_month"]]
    assert len(spent) <= months
    assert all(one <= hours for one in spent)
    assert sum(spent) == plan["hours"] == sum(step["hours"]["middle"] for step in plan["steps"])


@settings(max_examples=40)
@given(people, hours_a_month, spans)
def test_the_bound_is_printed_and_never_below_the_gain(answers: Document, hours: int, months: int) -> None:
    plan = VERSION.plan(answers, hours, months)["plan"]
    assert plan["bound"] >= plan["gain"] == sum(step["gain"] for step in plan["steps"])
    assert plan["below_bound"] == plan["bound"] - plan["gain"]


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


def test_a_certification_gains_nothing_by_itself() -> None:
    told = VERSION.plan(specimen("papers"), 10, 12)["certifications"]
    assert len(told) == len(credentials()["certifications"])
    assert {one["gain_by_itself"] for one in told} == {0}


@settings(max_examples=40)
@given(people)
def test_a_specialisation_gains_what_its_items_gain_together(answers: Document) -> None:
    # Given what a specialisation asks of a person
    told = VERSION.plan(answers, 10, 1)
    for one in told["specialisations"]:
        # When its items are brought to their levels, and nothing else changes
        held = {answer["id"]: answer["level"] for part in ("skills", "knowledge") for answer in answers[part]}
        wanted = [
            {"id": item["id"], "to": {"level": max(item["level"], held[item["id"]]), "months": 0}}
            for item in one["items"]
            if item["id"] in held
        ]
        scored = VERSION.score(after(answers, [change for change in wanted if change["to"]["level"]])).parts
        # Then the score rises by the gain that was told
        assert scored.low(told["profile"]) - told["score"]["low"] == one["gain"]


def test_every_credential_names_items_that_exist_and_where_it_was_read() -> None:
    known = tables()
    for entry in [*credentials()["specialisations"], *credentials()["certifications"]]:
        assert all(item in known.knowledge_names or item in known.group_names for item in entry["items"])
        assert entry["source"]
    for entry in credentials()["certifications"]:
        assert entry["name"] and entry["issuer"] and entry["items"]
        assert re.fullmatch(r"20\d\d-\d\d", entry["date"]) and date.fromisoformat(entry["checked"])
        assert "hours" not in entry or entry["read_from"] == "issuer", "hours stand only where the issuer states them"
    named = {entry["id"] for entry in credentials()["specialisations"]}
    assert {entry["specialisation"] for entry in credentials()["certifications"]} == named


@pytest.mark.parametrize(("hours", "months"), [(0, 1), (201, 1), (1, 0), (1, 61)])
def test_hours_and_months_out_of_range_are_refused(hours: int, months: int) -> None:
    with pytest.raises(ValueError, match="lie between 1 and"):
        VERSION.plan(specimen("any"), hours, months)


def test_the_same_answers_give_the_same_bytes() -> None:
    answers = specimen("again", occupations=2)
    turned = {part: value[::-1] if isinstance(value, list) else value for part, value in answers.items()}
    assert json.dumps(VERSION.plan(answers, 12, 12)) == json.dumps(VERSION.plan(turned, 12, 12))
