"""The form of an answer is what `Accept` wants most, by weight and by the most specific range."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.http.media import preferred

JSON, CALENDAR = OFFERED = ("application/json", "text/calendar")


@pytest.mark.parametrize(
    ("header", "given"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/calendar", CALENDAR),
        ("text/calendar; charset=utf-8", CALENDAR),
        ("TEXT/Calendar", CALENDAR),
        ("text/calendar, */*;q=0.1", CALENDAR),
        ("text/*", CALENDAR),
        ("application/json;q=0.5, text/calendar;q=0.8", CALENDAR),
        ("application/json, text/calendar", JSON),
        ("text/*;q=0.9, text/calendar;q=0.1, application/json;q=0.5", JSON),
        ("text/calendar;q=0, */*", JSON),
        ("image/png", JSON),
        ("text/calendar;q=nan, application/json;q=0.1", JSON),
    ],
)
def test_the_form_that_is_wanted_most_is_given(header: str, given: str) -> None:
    assert preferred(header, OFFERED) == given


@given(st.text(max_size=600))
def test_whatever_a_header_says_one_of_the_forms_is_given(header: str) -> None:
    assert preferred(header, OFFERED) in OFFERED
