"""How long a message is tried: ten tries, over no less than 75 hours, whatever chance says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.webhooks.schedule import TRIES, next_try, verdict

START = datetime(2026, 11, 23, 18, tzinfo=UTC)


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=TRIES, max_size=TRIES))
def test_ten_tries_spread_over_75_hours_and_then_no_more(chances: list[float]) -> None:
    tries, at = 1, START
    while (again := next_try(tries, at, chances[tries - 1])) is not None:
        assert again > at
        tries, at = tries + 1, again
    assert tries == 10
    assert timedelta(hours=75) <= at - START <= timedelta(hours=84)


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(200, "delivered"), (204, "delivered"), (410, "unwanted"), (301, "again"), (404, "again"), (500, "again"),
     (None, "again")],
)  # fmt: skip
def test_what_an_answer_means(status: int | None, meaning: str) -> None:
    assert verdict(status) == meaning
