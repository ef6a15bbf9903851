"""The knapsack against every choice there is, and its bound against the optimum."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.methodology.v1.advice.knapsack import Choice, pack, relaxed

choices = st.tuples(st.integers(1, 12), st.integers(1, 60))
items = st.lists(st.lists(choices, min_size=1, max_size=3), max_size=5)
capacities = st.integers(0, 30)


def every_packing(given_items: list[list[Choice]], capacity: int) -> list[tuple[int, int]]:
    """Gain and cost of every choice that fits."""
    found = []
    for picked in product(*([(0, 0), *options] for options in given_items)):
        cost = sum(one[0] for one in picked)
        if cost <= capacity:
            found.append((sum(one[1] for one in picked), cost))
    return found


@given(items, capacities)
def test_no_choice_within_the_capacity_gains_more_or_as_much_for_less(
    given_items: list[list[Choice]], capacity: int
) -> None:
    # Given every choice that fits
    every = every_packing(given_items, capacity)
    # When the best is asked for
    packed = pack(given_items, capacity)
    taken = [options[place] for options, place in zip(given_items, packed.chosen, strict=True) if place is not None]
    # Then it has the largest gain, and the fewest units among those
    gain, cost = sum(one[1] for one in taken), sum(one[0] for one in taken)
    assert (gain, -cost) == max((one, -units) for one, units in every)
    assert packed.best[capacity] == gain


@given(items, capacities)
def test_the_bound_is_never_below_the_optimum(given_items: list[list[Choice]], capacity: int) -> None:
    assert relaxed(given_items, capacity) >= pack(given_items, capacity).best[capacity]


@given(items)
def test_the_bound_is_the_optimum_where_everything_fits(given_items: list[list[Choice]]) -> None:
    assert relaxed(given_items, 1000) == sum(max(gain for _, gain in options) for options in given_items)


@given(items, capacities)
def test_more_capacity_never_gains_less(given_items: list[list[Choice]], capacity: int) -> None:
    best = pack(given_items, capacity).best
    assert list(best) == sorted(best)


def test_a_capacity_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        pack([], -1)
