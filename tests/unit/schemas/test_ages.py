"""The ages of consent: a lower one counts only where a source that was read says so."""

from datetime import date

import pytest

from schemas.ages import AS_OF, DEFAULT_AGE, LOWER_AGES, age_of_consent, ages


def test_each_row_is_within_the_bounds_of_the_regulation_and_names_law_and_source() -> None:
    assert [one.country for one in LOWER_AGES] == sorted({one.country for one in LOWER_AGES})
    assert all(13 <= one.age < DEFAULT_AGE and one.law and one.source for one in LOWER_AGES)
    assert date.fromisoformat(AS_OF)


@pytest.mark.parametrize("one", LOWER_AGES, ids=lambda one: one.country)
def test_what_is_not_confirmed_is_not_relied_on(one) -> None:
    assert age_of_consent(one.country) == (one.age if one.status == "confirmed" else DEFAULT_AGE)
    assert any(one.country in countries for countries in ages().values()) == (one.status == "confirmed")


@pytest.mark.parametrize("country", [None, "", "DE", "ZZ"])
def test_without_a_lower_age_sixteen_is_asked(country: str | None) -> None:
    assert age_of_consent(country) == DEFAULT_AGE
