"""Scoring rates, impact ratios and their tests: exact, and as other tools reckon them."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.statistics.fairness import (
    LEAST_PEOPLE,
    Compared,
    Suppressed,
    compared,
    deviations_squared,
    doubled_median,
    fisher,
)
from services.audit.statistics.stability import POINTS

TABLES = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda two: (two[0], two[0] + two[1]))
PEOPLE = TABLES.filter(lambda table: table[1] > 0)


def at(**people: int) -> list[int]:
    """A histogram: `at(p50=200)` are 200 people with 50 points."""
    return [people.get(f"p{points}", 0) for points in range(POINTS)]


def together(*groups: list[int]) -> list[int]:
    return [sum(column) for column in zip(*groups, strict=True)]


def by_name(sample: list[int], **groups: list[int]) -> dict[str, Compared | Suppressed]:
    return {one.group: one for one in compared(sample, groups)}


def test_the_median_is_that_of_the_full_sample_and_may_lie_between_two_scores() -> None:
    assert doubled_median(at(p10=3, p20=2)) == 20
    assert doubled_median(at(p10=2, p21=2)) == 31
    assert doubled_median(at()) is None


def test_a_rate_counts_who_is_above_the_median_and_the_ratio_is_to_the_highest_rate() -> None:
    # Given 40 of 100 women and 60 of 100 men above the median of all
    women, men = at(p30=60, p70=40), at(p30=40, p70=60)
    found = by_name(together(women, men), female=women, male=men)
    assert (found["male"].rate, found["male"].ratio) == (Fraction(3, 5), None)
    assert (found["female"].rate, found["female"].ratio) == (Fraction(2, 5), Fraction(2, 3))
    assert found["female"].below_four_fifths and found["female"].beyond_two_deviations


def test_four_fifths_themselves_are_not_below_four_fifths() -> None:
    women, men = at(p30=60, p70=40), at(p30=50, p70=50)
    found = by_name(together(women, men), female=women, male=men)["female"]
    assert (found.ratio, found.below_four_fifths) == (Fraction(4, 5), False)


def test_whoever_is_in_no_group_counts_for_the_median_alone() -> None:
    women, men = at(p30=10, p70=10), at(p30=10, p70=10)
    untold = at(p90=100)
    assert by_name(together(women, men, untold), female=women, male=men)["female"].rate == 0
    assert by_name(together(women, men), female=women, male=men)["female"].rate == Fraction(1, 2)


def test_of_a_small_group_nothing_is_told_and_nothing_is_compared_to_it() -> None:
    few, women, men = at(p90=LEAST_PEOPLE - 1), at(p30=60, p70=40), at(p30=50, p70=50)
    found = by_name(together(few, women, men), female=women, male=men, another=few)
    assert found["another"] == Suppressed("another")
    assert found["female"].ratio == Fraction(4, 5)
    assert by_name(at(p5=3), female=at(p5=3), male=at()) == {
        "female": Suppressed("female"),
        "male": Suppressed("male"),
    }


def test_the_gap_is_between_a_groups_mean_and_that_of_all_others_who_told_theirs() -> None:
    told, none = at(p40=20), at(p50=30, p60=30)
    found = by_name(together(told, none, at(p99=500)), told=told, none=none)
    assert (found["told"].gap, found["none"].gap) == (-15, 15)


def test_the_gap_to_a_handful_of_others_is_not_told() -> None:
    assert by_name(at(p40=23), told=at(p40=3), none=at(p40=20))["none"].gap is None


def test_nobody_above_the_median_leaves_no_ratio() -> None:
    women, men = at(p50=20), at(p50=30)
    found = by_name(together(women, men), female=women, male=men)
    assert {one.ratio for one in found.values()} == {None}
    assert not any(one.below_four_fifths or one.beyond_two_deviations for one in found.values())


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [
        ((8, 10), (1, 6), "0.034965"),  # scipy.stats.fisher_exact, the example of its manual
        ((6, 8), (1, 5), "0.102564"),
        ((3, 4), (1, 4), "0.485714"),  # Fisher's tea taster, two-sided
    ],
)
def test_fishers_test_gives_the_published_figures(one: tuple[int, int], other: tuple[int, int], p: str) -> None:
    assert f"{float(fisher(one, other)):.6f}" == p


@given(PEOPLE, PEOPLE)
def test_fishers_p_is_a_probability_and_the_same_from_either_side(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    assert 0 < fisher(one, other) == fisher(other, one) <= 1


@given(PEOPLE, PEOPLE)
def test_fishers_p_sums_the_tables_that_are_at_most_as_likely(one: tuple[int, int], other: tuple[int, int]) -> None:
    (above, people), (others_above, others) = one, other
    reached = above + others_above
    ways = {
        x: comb(people, x) * comb(others, reached - x)
        for x in range(min(people, reached) + 1)
        if reached - x <= others
    }
    rare = sum(weight for weight in ways.values() if weight <= ways[above])
    assert fisher(one, other) == Fraction(rare, comb(people + others, reached))


@given(PEOPLE, PEOPLE)
def test_z_is_that_of_two_proportions_with_a_pooled_variance(one: tuple[int, int], other: tuple[int, int]) -> None:
    (a, n), (b, m) = one, other
    pooled = (a + b) / (n + m)
    expected = 0.0 if pooled in (0, 1) else (a / n - b / m) ** 2 / (pooled * (1 - pooled) * (1 / n + 1 / m))
    assert float(deviations_squared(one, other)) == pytest.approx(expected)
