"""A request is answered within one month, counted by the calendar."""

from datetime import UTC, datetime

import pytest

from services.consent.rights.deadline import Clock, answer_by


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("opened", "by"),
    [
        ("2026-11-23T18:00:00", "2026-12-23T23:59:59"),
        ("2026-12-05T00:00:00", "2027-01-05T23:59:59"),
        ("2027-01-31T09:30:00", "2027-02-28T23:59:59"),
        ("2028-01-31T09:30:00", "2028-02-29T23:59:59"),
        ("2026-11-30T23:59:59", "2026-12-30T23:59:59"),
    ],
)
def test_it_ends_with_the_same_day_of_the_next_month_or_with_its_last(opened: str, by: str) -> None:
    assert answer_by(at(opened)) == at(by)


def test_the_days_left_are_whole_and_fall_below_zero_when_it_has_passed() -> None:
    clock = Clock(at("2026-11-23T18:00:00"))
    left = [clock.days_left(at(f"2026-12-{day}T12:00:00")) for day in ("01", "22", "23", "24", "31")]
    assert left == [22, 1, 0, -1, -8]


def test_it_stands_still_once_the_request_is_answered() -> None:
    clock = Clock(at("2026-11-23T18:00:00"), at("2026-11-24T18:00:00"))
    assert clock.days_left(at("2027-06-01T00:00:00")) is None
