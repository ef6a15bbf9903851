"""The knapsack against every choice there is, and its proof against every gain that is not the best."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.methodology.v1.advice.knapsack import Choice, pack, price
from services.methodology.v1.advice.optimality import shown

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


@given(items, capacities, st.integers(0, 20))
def test_any_price_shows_the_best_gain_and_no_smaller_one(
    given_items: list[list[Choice]], capacity: int, at: int
) -> None:
    # Given the best gain of every choice that fits
    best = max(gain for gain, _ in every_packing(given_items, capacity))
    # When a price is looked at, then the bound holds, and what it leaves open shows the best one as best
    found = shown(given_items, capacity, best, at)
    assert found.bound >= best == found.best
    # And a gain that is smaller is shown to be beaten
    for less in {0, best // 2, best - 1} - {best, -1}:
        assert shown(given_items, capacity, less, at).best > less


@given(items, capacities)
def test_the_price_of_the_relaxation_leaves_the_smallest_bound_but_for_its_rounding(
    given_items: list[list[Choice]], capacity: int
) -> None:
    at = price(given_items, capacity)
    bounds = [shown(given_items, capacity, 0, other).bound for other in range(61)]
    assert shown(given_items, capacity, 0, at).bound <= min(bounds) + capacity


@given(items)
def test_hours_have_no_price_where_everything_fits(given_items: list[list[Choice]]) -> None:
    assert price(given_items, 1000) == 0
    everything = sum(max(gain for gain, _ in [(0, 0), *((gain, cost) for cost, gain in one)]) for one in given_items)
    found = shown(given_items, 1000, everything, 0)
    assert (found.bound, found.remaining) == (everything, 0)


@given(items, capacities)
def test_more_capacity_never_gains_less(given_items: list[list[Choice]], capacity: int) -> None:
    best = pack(given_items, capacity).best
    assert list(best) == sorted(best)


def test_a_capacity_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        pack([], -1)
