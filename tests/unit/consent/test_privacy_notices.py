"""The notices: each in both languages, with every place filled in."""

import pytest

from services.consent.controller import Party, Roles
from services.consent.privacy_notices import LANGUAGES, NAMES, Filled, NoNotice, notice

OPERATOR = Party("Operator Ltd", "dpo@operator.example")
ACME = Filled(OPERATOR, 730, Roles(Party("ACME Ltd", "dpo@acme.example"), OPERATOR, "Agreement 7"), "employment-law")


def test_the_notices_of_both_regulations_are_there() -> None:
    assert NAMES == ("decision-ai-1", "employees-1", "individuals-1", "workplace-ai-1")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_place_is_filled_in_for_an_organisation_and_without_one(name: str, language: str) -> None:
    for filled in (ACME, Filled(OPERATOR, 730)):
        assert "$" not in notice(name, language, filled)
    assert ("Operator Ltd" if name == "individuals-1" else "ACME Ltd") in notice(name, language, ACME)


def test_an_employee_is_told_basis_agreement_rights_and_storage_time() -> None:
    told = notice("employees-1", "en", ACME)
    assert all(words in told for words in ("Art. 88", "Agreement 7", "730 days", "Art. 13, 14", "Art. 77"))


@pytest.mark.parametrize(("name", "language"), [("individuals-9", "en"), ("individuals-1", "fr"), ("../x", "en")])
def test_what_is_no_notice_is_said_to_be_none(name: str, language: str) -> None:
    with pytest.raises(NoNotice):
        notice(name, language, ACME)
