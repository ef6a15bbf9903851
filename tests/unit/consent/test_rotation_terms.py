"""Whoever is erased at any moment of an epoch can be told by when its secret is gone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.consent.keys.rotation_terms import RotationTerms

BEGAN = datetime(2026, 11, 23, 18, tzinfo=UTC)
DAYS = st.integers(1, 400).map(lambda days: timedelta(days=days))


@given(DAYS, DAYS, st.integers(0, 400 * 86_400).map(lambda seconds: timedelta(seconds=seconds)))
def test_the_end_comes_no_later_than_the_longest_time_after_an_erasure(window, interval, after) -> None:
    terms, moment = RotationTerms(window, interval), BEGAN + min(after, interval)
    promised = terms.end_by(BEGAN, moment)
    assert BEGAN + interval + window < promised <= moment + terms.longest


def test_where_only_a_command_rotates_nothing_is_promised() -> None:
    terms = RotationTerms(timedelta(days=30))
    assert (terms.longest, terms.next_rotation(BEGAN), terms.end_by(BEGAN, BEGAN)) == (None, None, None)
