"""The population stability index of scores and answers: what it is, and when it is called a drift."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.statistics import ANSWER_CELLS
from services.audit.statistics.stability import POINTS, Stability, cells
from services.audit.statistics.stability import stability as of_cells

Counts = list[int]


def at(**people: int) -> Counts:
    """A histogram: `at(p50=200)` are 200 people with 50 points."""
    return [people.get(f"p{points}", 0) for points in range(POINTS)]


def histograms(least: int = 0) -> st.SearchStrategy[Counts]:
    return st.lists(st.integers(least, 60), min_size=POINTS, max_size=POINTS)


def stability(reference: Counts, current: Counts) -> Stability:
    """Of two histograms of scores."""
    return of_cells(cells(reference), cells(current))


def formula(reference: Counts, current: Counts) -> float:
    """The definition in floating point."""
    shares = [[(one + 0.5) / (sum(counts) + 5) for one in cells(counts)] for counts in (reference, current)]
    return sum((a - r) * math.log(a / r) for r, a in zip(*shares, strict=True))


def test_equal_distributions_are_stable_at_zero() -> None:
    assert stability(at(p40=200, p60=200), at(p40=200, p60=200)) == Stability("stable", 0)


def test_another_distribution_of_many_people_has_drifted() -> None:
    found = stability(at(p40=500, p60=500), at(p40=200, p60=800))
    assert found.verdict == "drifted"


def test_a_smaller_change_of_many_people_has_moved() -> None:
    assert stability(at(p40=5000, p60=5000), at(p40=3400, p60=6600)).verdict == "moved"


def test_the_same_shares_of_few_people_are_chance() -> None:
    many, few = 1000, 60
    reference, current = {"p40": 50, "p60": 50}, {"p40": 33, "p60": 67}
    scaled = [[at(**{k: v * n // 100 for k, v in one.items()}) for one in (reference, current)] for n in (many, few)]
    assert [stability(*pair).verdict for pair in scaled] == ["stable" if n == few else "moved" for n in (many, few)]


@pytest.mark.parametrize("pair", [(at(p50=49), at(p50=500)), (at(p50=500), at(p50=49))])
def test_of_too_few_people_no_index_is_told(pair: tuple[Counts, Counts]) -> None:
    assert stability(*pair) == Stability("too-few", None)


def test_scores_are_compared_in_cells_of_ten_and_a_hundred_stands_in_the_last() -> None:
    assert cells(at(p0=1, p9=2, p10=4, p99=8, p100=16)) == [3, 4, 0, 0, 0, 0, 0, 0, 0, 24]


def test_a_histogram_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="101 are right"):
        cells([1, 2, 3])


@given(histograms(1), histograms(1))
def test_it_is_the_formula_to_a_thousandth(reference: Counts, current: Counts) -> None:
    found = stability(reference, current).index_thousandths
    assert found is not None
    assert abs(found - 1000 * formula(reference, current)) <= 0.501


@given(histograms(1), histograms(1))
def test_it_is_the_same_in_either_direction_and_never_negative(reference: Counts, current: Counts) -> None:
    found = stability(reference, current)
    assert found == stability(current, reference)
    assert found.index_thousandths is not None and found.index_thousandths >= 0


@pytest.mark.parametrize("size", sorted({*ANSWER_CELLS.values()}))
def test_every_kind_of_answers_can_be_compared(size: int) -> None:
    first, last = [500, *[0] * (size - 1)], [*[0] * (size - 1), 500]
    assert of_cells(first, first) == Stability("stable", 0)
    assert of_cells(first, last).verdict == "drifted"


@pytest.mark.parametrize("pair", [([60, 60], [60, 60]), ([60] * 5, [60] * 6)])
def test_cells_that_nothing_is_counted_in_are_refused(pair: tuple[Counts, Counts]) -> None:
    with pytest.raises(ValueError, match="right are twice"):
        of_cells(*pair)
