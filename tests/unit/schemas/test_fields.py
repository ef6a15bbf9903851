"""Strict fields take the very type or name the error."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from schemas.fields import Factors, Flag, Integer, Items, Line, Money, Month, Strict, Text


class Inner(Strict):
    level = Integer(0, 4, required=True)


class Outer(Strict):
    entries = Items(fields.Nested(Inner), 2, minimum=1)
    name = Text(3)


@pytest.mark.parametrize("value", ["1", 1.0, 1.5, True, False, None, [1], -1, 5])
def test_an_integer_refuses_what_is_not_a_whole_number_within_its_bounds(value: Any) -> None:
    with pytest.raises(ValidationError):
        Integer(0, 4).deserialize(value)


def test_an_integer_with_choices_names_them() -> None:
    with pytest.raises(ValidationError, match="0, 500, 1000"):
        Integer(0, 1000, choices=(0, 500, 1000)).deserialize(400)


@given(st.integers(0, 4))
def test_an_integer_within_its_bounds_is_kept(value: int) -> None:
    assert Integer(0, 4).deserialize(value) == value


@pytest.mark.parametrize("value", ["yes", "true", 1, 0, None, 0.0])
def test_a_flag_refuses_what_is_not_a_boolean(value: Any) -> None:
    with pytest.raises(ValidationError):
        Flag().deserialize(value)


@pytest.mark.parametrize("value", ["2026-13", "2026-00", "2026-1", "2026-11\n", "٢٠٢٦-١١", "1999-12", 202611])
def test_a_month_refuses_every_other_form(value: Any) -> None:
    with pytest.raises(ValidationError):
        Month().deserialize(value)


@pytest.mark.parametrize("value", [-1, 10**13 + 1, 12.5, "12"])
def test_money_is_a_bounded_integer_in_minor_units(value: Any) -> None:
    with pytest.raises(ValidationError):
        Money().deserialize(value)


@pytest.mark.parametrize("value", ["", "abcd", "\ud800", 1, None, b"a"])
def test_text_refuses_other_types_lengths_and_lone_surrogates(value: Any) -> None:
    with pytest.raises(ValidationError):
        Text(3).deserialize(value)


def test_a_pattern_holds_for_the_whole_string_and_says_what_would_be_right() -> None:
    field = Text(10, pattern="[a-z]+", example="abc")
    with pytest.raises(ValidationError, match="for example, abc"):
        field.deserialize("abc1")
    assert field.anchored == r"^(?:[a-z]+)\Z"


@pytest.mark.parametrize("value", ["a\nb", "a\x00", "a\x85b", "a\u2028b"])
def test_a_line_has_no_control_characters(value: str) -> None:
    with pytest.raises(ValidationError):
        Line(10).deserialize(value)


def test_errors_in_a_list_name_the_position_and_the_field() -> None:
    with pytest.raises(ValidationError) as caught:
        Outer().load({"entries": [{"level": 1}, {"level": 9}]})
    assert caught.value.messages == {"entries": {1: {"level": ["Must be between 0 and 4."]}}}


@pytest.mark.parametrize("value", [[], [{"level": 1}] * 3, ({"level": 1},), {"level": 1}, None])
def test_a_list_is_a_list_of_bounded_length(value: Any) -> None:
    with pytest.raises(ValidationError):
        Outer().load({"entries": value})


@pytest.mark.parametrize("data", [{"other": 1}, {"entries": [{"level": 1, "other": 1}]}])
def test_an_unknown_field_is_refused_at_every_depth(data: Any) -> None:
    with pytest.raises(ValidationError, match="Unknown field"):
        Outer().load(data)


@pytest.mark.parametrize(
    "value", [{"a": 1.5}, {"a": True}, {"a": "x" * 121}, {"": 1}, [], {str(i): i for i in range(17)}]
)
def test_factors_are_a_small_flat_map_of_integers_and_short_strings(value: Any) -> None:
    with pytest.raises(ValidationError):
        Factors().deserialize(value)
