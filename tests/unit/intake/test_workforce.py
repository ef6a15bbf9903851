"""No figure of a workforce is about fewer than ten people, and none can be computed that is."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.intake.results.workforce import LEAST, POINTS, cells, workforce

points = st.integers(0, POINTS)
many = st.lists(points, min_size=LEAST, max_size=300)


def result(score: int) -> dict[str, Any]:
    units, parts = score * 10**8, score * 10**6
    return {
        "score": {"low": units, "high": units},
        "dimensions": [{"id": "skills", "weight": 50, "value": {"low": parts, "high": parts}}],
    }


@given(many)
def test_every_cell_holds_ten_and_together_they_hold_everybody(values: list[int]) -> None:
    found = cells(values)
    assert min(one.people for one in found) >= LEAST
    assert sum(one.people for one in found) == len(values)
    assert [found[0].low, found[-1].high] == [0, POINTS]
    assert [one.high for one in found[:-1]] == [one.low for one in found[1:]]


@given(st.lists(points, max_size=LEAST - 1))
def test_fewer_than_ten_people_have_no_aggregate(values: list[int]) -> None:
    assert workforce([result(one) for one in values]) is None


@given(many)
def test_the_same_people_in_another_order_give_the_same_figures(values: list[int]) -> None:
    assert workforce([result(one) for one in values]) == workforce([result(one) for one in reversed(values)])


def test_two_sets_that_differ_by_one_person_look_alike_within_a_step() -> None:
    # Given a workforce, and the same with one more person
    before, after = ([result(55)] * size for size in (21, 22))
    # Then no figure tells that there is one more
    assert workforce(before) == workforce(after)


def test_a_median_needs_ten_on_either_side() -> None:
    assert "median" not in workforce([result(50)] * (2 * LEAST - 1))["score"]
    assert workforce([result(50)] * (2 * LEAST))["score"]["median"] == 50
