"""What of a form is carried, and what is kept of it in a draft."""

from infra.pages.form import Form
from services.intake.pages.questions import STEPS, answered, carried, unanswered
from services.methodology.version import load
from tests.browser.assessing import LONGEST

FILLED = {
    "occupation": ["15-1252.00"],
    "f:15-1252.00:a": ["2000"],
    "s:a": ["3:18"],
    "s:b": [""],
    "i:reserve": ["9000"],
    "purpose": ["scoring"],
    "of_age": ["yes"],
    "claim": ["CODE"],
    "draft": ["yes"],
    "token": ["0"],
    "csrf": ["0"],
}


def test_a_draft_holds_answers_and_nothing_of_who_agreed_to_what() -> None:
    assert set(answered(Form(FILLED))) == {"occupation", "f:15-1252.00:a", "s:a", "i:reserve"}


def test_the_page_of_saving_carries_all_but_its_own_fields() -> None:
    assert set(carried(Form(FILLED), "save")) == FILLED.keys() - {"of_age", "claim", "draft", "token", "csrf"}


def test_each_step_carries_the_claim_code_of_a_resumed_draft_or_shows_it() -> None:
    assert [("claim" in carried(Form(FILLED), step)) for step in STEPS] == [True] * 5 + [False]


def test_no_occupation_asks_more_questions_than_the_one_whose_interactions_are_counted() -> None:
    version, nothing = load(), Form({})
    asked = {
        one.code: unanswered(version.questionnaire(one.code, profile="core", language="en"), nothing)
        for one in version.occupations()
    }

    assert len(asked) > 900
    assert max(asked.values()) == asked[LONGEST.code]
