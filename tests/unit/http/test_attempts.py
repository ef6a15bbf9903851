"""A burst is let through, then one attempt each interval; memory is bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.http.attempts import Attempts

SECOND = 1_000_000_000


class Clock:
    def __init__(self) -> None:
        self.now = 10**18

    def __call__(self) -> int:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


def test_after_the_burst_the_wait_until_the_next_is_told_in_whole_seconds() -> None:
    clock = Clock()
    attempts = Attempts(3, 10, clock=clock)
    assert [attempts.take("a") for _ in range(4)] == [0, 0, 0, 10]
    clock.pass_by(0.5)
    assert attempts.take("a") == 10
    clock.pass_by(9.5)
    assert [attempts.take("a"), attempts.take("a")] == [0, 10]


def test_who_waits_as_told_is_let_through_and_a_refusal_costs_nothing() -> None:
    clock = Clock()
    attempts = Attempts(1, 7, clock=clock)
    assert attempts.take("a") == 0
    for _ in range(5):
        assert attempts.take("a") == 7
    clock.pass_by(7)
    assert attempts.take("a") == 0


def test_keys_do_not_share() -> None:
    attempts = Attempts(1, 60, clock=Clock())
    assert [attempts.take("a"), attempts.take("b"), attempts.take("a")] == [0, 0, 60]


def test_what_is_given_back_does_not_count() -> None:
    attempts = Attempts(1, 60, clock=Clock())
    for _ in range(100):
        assert attempts.take("a") == 0
        attempts.give_back("a")
    assert attempts.take("a") == 0
    assert attempts.take("a") == 60
    attempts.give_back("never tried")


def test_memory_is_bounded_and_the_longest_silent_is_forgotten_first() -> None:
    attempts = Attempts(1, 60, most=3, clock=Clock())
    for key in ("a", "b", "c", "d"):
        attempts.take(key)
    assert attempts.remembered == 3
    assert [attempts.take(key) for key in ("d", "a")] == [60, 0]


@given(
    burst=st.integers(1, 9),
    interval=st.integers(1, 9),
    pauses=st.lists(st.integers(0, 20 * SECOND), max_size=60),
)
def test_no_span_of_time_sees_more_than_its_share(burst: int, interval: int, pauses: list[int]) -> None:
    # Given attempts at any times
    clock = Clock()
    attempts = Attempts(burst, interval, clock=clock)
    passed = []
    for pause in pauses:
        clock.now += pause
        if attempts.take("a") == 0:
            passed.append(clock.now)
    # Then between any two of those let through lie at most the burst and one for each interval
    for first, begin in enumerate(passed):
        for last, end in enumerate(passed[first:], start=first):
            assert last - first + 1 <= burst + (end - begin) // (interval * SECOND)


@pytest.mark.parametrize("wrong", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_a_limit_that_lets_nothing_through_is_no_limit(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Attempts(*wrong)
