"""The notices: each in both languages, with every place filled in."""

from pathlib import Path

import pytest

from schemas.privacy_notice import NEWEST, notices_for
from services.consent import privacy_notices
from services.consent.controllers.controller import Party, Roles
from services.consent.privacy_notices import LANGUAGES, NAMES, Filled, NoNotice, notice
from services.consent.retention.terms import DEFAULT_DAYS

OPERATOR = Party("Operator Ltd", "dpo@operator.example")
AGREED = Roles(Party("ACME Ltd", "dpo@acme.example"), OPERATOR, "Agreement 7")
ACME = Filled(OPERATOR, DEFAULT_DAYS, AGREED, "employment-law")


def test_the_notices_of_both_regulations_are_there_in_every_language_and_no_other() -> None:
    texts = {path.name for path in Path(privacy_notices.__file__).parent.glob("*.md")}
    assert texts == {f"{name}.{language}.md" for name in NAMES for language in LANGUAGES}
    assert {name.rpartition("-")[0] for name in NAMES} == {"individuals", "employees", "workplace-ai", "decision-ai"}
    assert max(notices_for(individuals=True)) == NEWEST


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_place_is_filled_in_for_an_organisation_and_without_one(name: str, language: str) -> None:
    for filled in (ACME, Filled(OPERATOR, DEFAULT_DAYS)):
        assert "$" not in notice(name, language, filled)
    assert ("Operator Ltd" if name.startswith("individuals") else "ACME Ltd") in notice(name, language, ACME)


@pytest.mark.parametrize("name", ["employees-2", "employees-3", "individuals-2"])
def test_every_storage_time_is_told(name: str) -> None:
    days = {"assessments": 365, "earlier-assessments": 90, "requests": 30, "codes": 14}
    told = notice(name, "en", Filled(OPERATOR, days))
    assert [f"{count} days" in told.replace("\n", " ") for count in (365, 90, 30, 14)] == [True, True, True, False]


def test_an_employee_is_told_basis_agreement_rights_and_storage_time() -> None:
    told = notice("employees-1", "en", ACME)
    assert all(words in told for words in ("Art. 88", "Agreement 7", "730 days", "Art. 13, 14", "Art. 77"))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("ACME Ltd does not get it", "ask it for a link", "you are told when", "Art. 77", "Art. 79")),
        ("de", ("ACME Ltd bekommt ihn nicht", "einen Link geben", "so erfahren Sie, wann", "Art. 77", "Art. 79")),
    ],
)
def test_an_employee_is_told_how_they_get_their_claim_code(language: str, words: tuple[str, ...]) -> None:
    told = notice("employees-3", language, ACME).replace("\n", " ")
    assert [word for word in words if word not in told] == []


@pytest.mark.parametrize(("name", "language"), [("individuals-9", "en"), ("individuals-1", "fr"), ("../x", "en")])
def test_what_is_no_notice_is_said_to_be_none(name: str, language: str) -> None:
    with pytest.raises(NoNotice):
        notice(name, language, ACME)
