"""The histograms of a day: where a decision counts, and that days add up."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fairness import CROSSED
from schemas.statistics import AGE_BANDS, ANSWER_CELLS, SEXES, Counted
from services.audit.statistics.histograms import GROUPS, NAMES, SCORES, Place, grown, length, places, summed

TOLD = st.builds(
    Counted,
    sex=st.integers(0, len(SEXES)),
    age_band=st.integers(0, len(AGE_BANDS)),
    career_break=st.integers(0, 1),
    **{name: st.integers(0, cells - 1) for name, cells in ANSWER_CELLS.items()},
)
DECISIONS = st.lists(st.tuples(st.integers(0, 100), st.none() | TOLD), max_size=8)


def day(decisions: list[tuple[int, Counted | None]]) -> dict[str, list[int]]:
    counted: Counter[Place] = Counter()
    for points, told in decisions:
        counted.update(places(points, told))
    return grown({}, counted)


def test_sex_age_and_a_break_are_all_that_is_counted_of_a_person_beside_scores_and_answers() -> None:
    # In the EU and elsewhere alike: nothing of GDPR Art. 9(1), so no basis of Art. 9(2) is wanted
    assert set(Counted.__struct_fields__) - set(ANSWER_CELLS) == {"sex", "age_band", "career_break"}
    assert set(GROUPS) - {CROSSED} == {"sex", "age", "break"}


def test_whoever_tells_nothing_counts_among_all_scores_alone() -> None:
    assert places(40, None) == ((SCORES, 40),)


def test_a_group_is_told_or_there_is_none_and_a_career_break_is_told_or_not() -> None:
    counted = dict(places(40, Counted(1, 0, 0, *[0] * 7)))
    assert {name for name in counted if "answers" not in name} == {SCORES, "sex/female", "break/none"}


@given(DECISIONS)
def test_every_decision_counts_once_among_all_scores_and_once_in_each_kind_of_answers(
    decisions: list[tuple[int, Counted | None]],
) -> None:
    found = summed([day(decisions)])
    told = sum(1 for _, one in decisions if one is not None)
    assert sum(found[SCORES]) == len(decisions)
    assert {sum(found[f"answers/{answer}"]) for answer in ANSWER_CELLS} == {told}
    assert sum(found["break/told"]) + sum(found["break/none"]) == told


@given(DECISIONS, DECISIONS)
def test_two_days_are_the_sum_of_each(
    one: list[tuple[int, Counted | None]], other: list[tuple[int, Counted | None]]
) -> None:
    assert summed([day(one), day(other)]) == summed([day(one + other)])


def test_nobody_leaves_every_histogram_empty() -> None:
    assert {name: sum(counts) for name, counts in summed(()).items()} == dict.fromkeys(NAMES, 0)


@pytest.mark.parametrize("name", ["sex/unknown", "answers/income", "ethnicity/x", ""])
def test_what_is_not_counted_has_no_histogram(name: str) -> None:
    with pytest.raises(ValueError, match="no histogram"):
        length(name)
