"""Answers that were handed in come back into the form, and out of it as they were."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.pages.form import Form
from services.intake.pages.filled import filled
from services.intake.pages.questions import codes
from services.intake.pages.refilled import refilled, unchanged
from services.methodology.specimen import specimen
from services.methodology.version import load

Document = dict[str, Any]


def corrected(before: Document, form: Form) -> Document:
    asked = load().questionnaire(*codes(form), profile="core+income")
    done = filled(form, asked, before["as_of"])
    assert done.mistakes == {}
    return unchanged(before, form, done.answers)


def person(seed: int, profile: str, shares: list[int], currency: str) -> Document:
    """Somebody who handed in over the interface: any shares, and any currency."""
    answers = specimen(f"refilled/{seed}", profile=profile, occupations=len(shares))
    for one, share in zip(answers["occupations"], shares, strict=True):
        one["share"] = share
    if "income" in answers:
        answers["income"]["currency"] = currency
    return answers


def any_shares() -> st.SearchStrategy[list[int]]:
    cuts = st.lists(st.integers(1, 999), max_size=2, unique=True).map(sorted)
    return cuts.map(lambda at: [to - since for since, to in zip([0, *at], [*at, 1000], strict=True)])


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(["core", "core+income"]), st.integers(0, 40), any_shares(), st.sampled_from(["EUR", "SEK"]))
def test_a_form_that_nobody_changed_hands_in_what_was_handed_in(
    profile: str, seed: int, shares: list[int], currency: str
) -> None:
    before = person(seed, profile, shares, currency)
    after = corrected(before, refilled(before))

    for part in {*before, "income", "target", "pause_months"} - {"activities"}:
        assert after.get(part) == before.get(part)
    asked = {(one["occupation"], one["id"]): one for one in after.get("activities", ())}
    assert all(asked[one["occupation"], one["id"]] == one for one in before.get("activities", ()))


@pytest.mark.parametrize("shares", [[334, 333, 333], [666, 334], [998, 1, 1], [335, 335, 330]])
def test_shares_are_shown_as_whole_percentages_that_are_all_of_the_work(shares: list[int]) -> None:
    before = person(1, "core", shares, "EUR")
    shown = [int(refilled(before).get(f"share:{one['code']}")) for one in before["occupations"]]

    assert sum(shown) == 100 and min(shown) >= 1


def test_shares_of_which_one_was_changed_are_all_as_the_form_shows_them() -> None:
    before = person(1, "core", [334, 333, 333], "EUR")
    first, second, third = [one["code"] for one in before["occupations"]]
    after = corrected(before, refilled(before).taking({f"share:{first}": ["40"], f"share:{second}": ["27"]}))

    assert after["occupations"] == [
        {"code": first, "share": 400},
        {"code": second, "share": 270},
        {"code": third, "share": 330},
    ]


def test_a_figure_of_the_income_is_changed_without_its_currency() -> None:
    before = person(1, "core+income", [1000], "SEK")
    after = corrected(before, refilled(before).taking({"i:expenses": ["1234"]}))

    assert after["income"] == {**before["income"], "expenses": 123_400}


def test_what_no_field_shows_stays_an_income_without_a_figure_and_how_the_form_was_filled_in() -> None:
    before = person(1, "core+income", [1000], "SEK")
    before |= {"income": {"currency": "SEK"}, "response": {"seconds": 540, "instructed": 2}}

    after = corrected(before, refilled(before))
    assert {name: after[name] for name in ("profile", "income", "response")} == {
        "profile": "core+income",
        "income": {"currency": "SEK"},
        "response": {"seconds": 540, "instructed": 2},
    }


def test_an_activity_whose_occupation_was_not_named_is_of_the_only_one() -> None:
    before = person(1, "core", [1000], "EUR")
    (code,) = [one["code"] for one in before["occupations"]]
    asked = load().questionnaire(code, profile="core+income")
    item = next(one["id"] for part in asked["parts"] if part["part"] == "activities" for one in part["items"])
    before["activities"] = [{"id": item, "factor": 2000}]

    assert {"occupation": code, "id": item, "factor": 2000} in corrected(before, refilled(before))["activities"]


def test_the_time_taken_and_the_instructed_choice_stay_what_they_were() -> None:
    before = {**person(1, "core", [1000], "EUR"), "response": {"seconds": 540, "instructed": 3}}
    form = refilled(before)

    assert corrected(before, form)["response"] == before["response"]
    again = corrected(before, form.taking({"instructed": ["2"]}))
    assert again["response"] == {"seconds": 540, "instructed": 2}


def test_what_was_changed_is_handed_in_and_what_was_not_keeps_its_month() -> None:
    before = {
        "as_of": "2026-10",
        "profile": "core",
        "occupations": [{"code": "15-1252.00", "share": 1000}],
        "skills": [],
    }
    asked = load().questionnaire("15-1252.00", profile="core+income")
    first, second = [one["id"] for part in asked["parts"] if part["part"] == "skills" for one in part["items"]][:2]
    before["skills"] = [{"id": first, "level": 3, "months": 7}, {"id": second, "level": 2, "months": 7}]
    form = refilled(before)
    assert form.get(f"s:{first}") == "3:8"

    after = corrected(before, form.taking({f"s:{second}": ["4:8"]}))

    assert after["skills"] == [{"id": first, "level": 3, "months": 7}, {"id": second, "level": 4, "months": 8}]
