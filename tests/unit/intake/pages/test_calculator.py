"""The calculator: the published sum, in whole numbers, for the example and for whatever somebody enters."""

from hypothesis import given
from hypothesis import strategies as st

from infra.pages.form import Form
from services.intake.pages.calculator import BASE, Calculation, worked_example


def calculated(**values: str) -> Calculation:
    return Calculation.of(worked_example(), Form({name: [value] for name, value in values.items()}), str)


def test_the_examples_own_values_add_up_to_what_the_engine_gives() -> None:
    calculation = calculated()
    assert calculation.score == calculation.example
    assert calculation.mistakes == {}


def test_only_activities_are_settled_and_by_less_than_a_hundredth_of_a_point_each() -> None:
    settled = [item for item in worked_example().items if item.settled]
    assert {item.dimension for item in settled} == {"tasks"}
    assert all(abs(item.settled) < 10**6 for item in settled)


@given(st.integers(0, 10_000), st.data())
def test_one_changed_value_moves_the_score_by_its_weights_and_nothing_else(value: int, data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(worked_example().items))
    calculation = calculated(**{item.field: str(value)})
    assert calculation.score - calculation.example == item.dimension_weight * item.weight * (value - item.value)


def test_every_value_at_its_end_gives_the_end_of_the_scale() -> None:
    lowest = calculated(**{item.field: "0" for item in worked_example().items})
    highest = calculated(**{item.field: "10000" for item in worked_example().items})
    settled = sum(item.settled for item in worked_example().items)
    assert (lowest.score, highest.score) == (settled, 2 * BASE + settled)


@given(
    st.one_of(st.just("10001"), st.just("-1"), st.just("1.5"), st.just("x" * 9), st.just("9" * 5000), st.just("٣"))
)
def test_what_is_no_value_is_named_and_the_example_stays(wrong: str) -> None:
    item = worked_example().items[0]
    calculation = calculated(**{item.field: wrong})
    assert list(calculation.mistakes) == [item.field]
    assert calculation.score == calculation.example
