"""From a filled form to a hand-in, and what is wrong with it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.pages.form import Form
from services.intake.pages.filled import (
    consent,
    consent_mistakes,
    draft_mistakes,
    filled,
    income_mistakes,
    share_mistakes,
    statistics_mistakes,
    told,
)
from services.intake.pages.questions import STEPS, carried, mixes, unanswered
from services.methodology.version import load

CODE, OTHER = "15-1252.00", "27-3042.00"
ASKED = load().questionnaire(CODE, profile="core+income")


def form(**values: str) -> Form:
    return Form({"occupation": [CODE], **{name: [value] for name, value in values.items()}})


def answers(filled_form: Form) -> dict[str, Any]:
    done = filled(filled_form, ASKED, "2026-11")
    assert done.mistakes == {}
    return done.answers


def whole() -> Form:
    """Every question answered in the middle."""
    values: dict[str, list[str]] = {"occupation": [CODE], "own": [CODE]}
    for part in ASKED["parts"]:
        letter = {"skills": "s", "knowledge": "k", "behaviours": "b"}.get(part["part"])
        if letter:
            values |= {f"{letter}:{one['id']}": ["2:8" if letter == "s" else "2"] for one in part["items"]}
    return Form(values)


def test_a_whole_form_is_scored_and_leaves_nothing_open() -> None:
    given_answers = answers(whole())
    result = load().score(given_answers).result()

    assert unanswered(ASKED, whole()) == 0
    assert result["score"]["low"] == result["score"]["high"]
    assert "typical_mix" not in result["marks"]


def test_an_empty_form_is_scored_as_an_interval() -> None:
    result = load().score(answers(form())).result()

    assert result["score"]["low"] < result["score"]["high"]


def test_a_mix_that_is_neither_changed_nor_confirmed_stays_the_typical_one() -> None:
    untouched = form()
    assert "activities" not in answers(untouched)

    (mix,) = mixes(ASKED, untouched)
    first, second = (one["field"] for one in mix["activities"][:2])
    changed = answers(form(**{first: "4000", second: "1000"}))
    assert {one["factor"] for one in changed["activities"]} == {4000, 1000}
    assert len(changed["activities"]) == len(mix["activities"])


@given(st.lists(st.sampled_from(["0", "500", "1000", "2000", "4000", "7", ""]), min_size=9, max_size=9))
def test_the_shares_of_a_mix_that_are_shown_sum_to_the_whole(factors: list[str]) -> None:
    fields = [one["field"] for one in mixes(ASKED, form())[0]["activities"]]
    (mix,) = mixes(ASKED, form(**dict(zip(fields, factors, strict=True))))

    assert sum(one["share"] for one in mix["activities"]) == (0 if set(factors) == {"0"} else 1000)


def test_level_and_recency_stand_in_one_answer() -> None:
    skill = f"s:{ASKED['parts'][1]['items'][0]['id']}"

    assert answers(form(**{skill: "3:18"}))["skills"] == [{"id": skill[2:], "level": 3, "months": 18}]
    assert answers(form(**{skill: "0"}))["skills"] == [{"id": skill[2:], "level": 0}]
    assert "skills" not in answers(form(**{skill: "3"}))
    assert "skills" not in answers(form(**{skill: "9:1"}))


def test_shares_of_several_occupations_sum_to_the_whole() -> None:
    two = {"occupation": [CODE, OTHER]}
    right = Form({**two, f"share:{CODE}": ["60"], f"share:{OTHER}": ["40"]})
    short = Form({**two, f"share:{CODE}": ["60"], f"share:{OTHER}": ["30"]})

    assert share_mistakes(right) == {}
    assert share_mistakes(short) == {f"share:{CODE}": "shares"}
    assert share_mistakes(Form(two)).keys() == {f"share:{CODE}", f"share:{OTHER}"}
    assert share_mistakes(Form()) == {"q": "no_occupation"}


@pytest.mark.parametrize("text", ["-1", "1e3", "12.345,678", "about 2000", "1" * 15, "²"])
def test_what_is_no_amount_is_a_mistake(text: str) -> None:
    assert income_mistakes(form(**{"i:reserve": text})) == {"i:reserve": "amount"}


@pytest.mark.parametrize(("chosen", "groups"), [("2", []), ("4", ["instructed"]), ("", [])])
def test_another_choice_than_the_form_asks_for_is_a_sign_of_haste_and_none_is_not(
    chosen: str, groups: list[str]
) -> None:
    given_answers = answers(form(instructed=chosen))

    assert load().score(given_answers).trail()["quality"]["groups"] == groups


def test_an_income_makes_the_profile_that_counts_it() -> None:
    assert answers(form())["profile"] == "core"
    with_income = answers(form(**{"i:largest_source": "3000", "i:expenses": "2000", "i:currency": "CHF"}))
    assert with_income["profile"] == "core+income"
    assert with_income["income"] == {"currency": "CHF", "largest_source": 300_000, "expenses": 200_000}
    assert income_mistakes(form(**{"i:largest_source": "5", "i:sources_total": "4"})) == {"i:sources_total": "total"}


def test_the_summary_names_what_is_missing_in_the_order_of_the_fields() -> None:
    assert list(consent_mistakes(form())) == ["purpose", "of_age"]
    assert list(draft_mistakes(form())) == ["draft", "of_age"]


def test_nobody_is_scored_without_age_and_agreement() -> None:
    assert consent_mistakes(form()).keys() == {"of_age", "purpose"}
    agreed = Form({"purpose": ["scoring", "research", "advertising"], "of_age": ["yes"]})
    assert consent_mistakes(agreed) == {}
    assert consent(agreed, "de") == {
        "notice": "individuals-2",
        "language": "de",
        "purposes": ["scoring", "research"],
        "of_age": True,
    }


def test_each_page_carries_the_answers_of_all_others_and_none_of_its_own() -> None:
    filled_form = whole().taking({"purpose": ["scoring"], "i:expenses": ["1"], "csrf": ["x"], "step": ["tasks"]})
    for step in STEPS:
        unseen = set(carried(filled_form, step))
        assert not {"csrf", "step"} & unseen
        assert unseen < set(filled_form.values)
    everywhere = set().union(*(carried(filled_form, step) for step in STEPS))
    assert everywhere == set(filled_form.values) - {"csrf", "step"}


def test_statistics_are_agreed_to_apart_and_what_is_told_for_them_is_no_answer() -> None:
    ticked = form(statistics="yes", **{"told:sex": "female", "told:age_band": "unsaid"})

    assert consent(ticked, "en")["purposes"] == ["statistics"]
    assert told(ticked) == {"sex": "female"}
    assert answers(ticked) == answers(form())


@pytest.mark.parametrize("given", [{}, {"told:sex": "unsaid"}, {"told:sex": "nonsense", "told:age_band": "41"}])
def test_whoever_prefers_not_to_say_tells_nothing_and_need_not_agree(given: dict[str, str]) -> None:
    assert (told(form(**given)), statistics_mistakes(form(**given))) == ({}, {})


def test_what_is_told_without_agreeing_to_its_use_is_a_mistake_said_beside_the_agreement() -> None:
    mistaken = form(of_age="yes", purpose="scoring", **{"told:age_band": "35-44"})

    assert consent_mistakes(mistaken) == {"statistics": "statistics"}
    assert consent_mistakes(form(of_age="yes", purpose="scoring", statistics="yes")) == {}


@pytest.mark.parametrize("last", ["consent", "hand-in"])
def test_the_last_step_shows_what_was_told_and_the_others_carry_it_along(last: str) -> None:
    given = form(statistics="yes", **{"told:sex": "male"})

    assert not {"statistics", "told:sex"} & {*carried(given, last)}
    assert {"statistics", "told:sex"} <= {*carried(given, "skills")}
