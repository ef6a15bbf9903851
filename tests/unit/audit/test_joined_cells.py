"""Distributions that are shown: in cells in which nobody can be made out."""

from hypothesis import given
from hypothesis import strategies as st

from services.audit.statistics.fairness import LEAST_PEOPLE
from services.audit.statistics.joined_cells import Joined, joined

PERIODS = st.integers(1, 24).flatmap(
    lambda size: st.tuples(*[st.lists(st.integers(0, 40), min_size=size, max_size=size)] * 2)
)


def test_a_cell_of_one_is_joined_with_its_neighbour_in_both_periods() -> None:
    assert joined([30, 1, 40], [20, 20, 20]) == [Joined(0, 0, (30, 20)), Joined(1, 2, (41, 40))]


def test_the_last_cell_is_joined_backwards() -> None:
    assert joined([30, 0, 1], [20, 0, 20]) == [Joined(0, 2, (31, 40))]


def test_a_cell_in_which_nobody_is_stands_for_itself() -> None:
    assert joined([500, 0, 0], [0, 0, 500]) == [
        Joined(0, 0, (500, 0)),
        Joined(1, 1, (0, 0)),
        Joined(2, 2, (0, 500)),
    ]


def test_of_too_few_people_no_cell_is_told() -> None:
    assert joined([1, 2, 3], [20, 20, 20]) == []


@given(PERIODS)
def test_nobody_can_be_made_out_and_nobody_is_left_out(periods: tuple[list[int], list[int]]) -> None:
    found = joined(*periods)
    assert all(people == 0 or people >= LEAST_PEOPLE for one in found for people in one.people)
    if found:
        assert [cell for one in found for cell in range(one.first, one.last + 1)] == list(range(len(periods[0])))
        assert [sum(one.people[period] for one in found) for period in (0, 1)] == [sum(one) for one in periods]
    else:
        assert any(0 < sum(one) < LEAST_PEOPLE for one in periods)
