"""Answers that were handed in come back into the form, and out of it as they were."""

from typing import Any

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


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(["core", "core+income"]), st.integers(0, 40))
def test_a_form_that_nobody_changed_hands_in_what_was_handed_in(profile: str, seed: int) -> None:
    before = specimen(f"refilled/{seed}", profile=profile)
    after = corrected(before, refilled(before))

    for part in ("occupations", "skills", "knowledge", "behaviours", "income", "as_of", "target", "pause_months"):
        assert after.get(part) == before.get(part)
    asked = {(one["occupation"], one["id"]): one for one in after.get("activities", ())}
    assert all(asked[one["occupation"], one["id"]] == one for one in before.get("activities", ()))


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
