"""Amounts are read as people write them, in the minor units of their currency."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fields import MONEY_MAXIMUM
from services.intake.pages.amounts import NOTHING, minor_units, written


@pytest.mark.parametrize(
    ("text", "cents"),
    [("2500", 250_000), ("2.500,50", 250_050), ("2,500.5", 250_050), ("2 500", 250_000), ("0", 0), ("", NOTHING)],
)
def test_amounts_are_read_as_people_write_them(text: str, cents: int) -> None:
    assert minor_units(text, "EUR") == cents


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("300000", "JPY", 300_000), ("300.000", "JPY", 300_000), ("300.5", "JPY", None), ("2.500", "KWD", 2_500)],
)
def test_an_amount_has_the_decimals_of_its_currency(text: str, currency: str, amount: int | None) -> None:
    assert minor_units(text, currency) == amount


def test_more_than_can_be_handed_in_is_a_mistake() -> None:
    assert minor_units(written(MONEY_MAXIMUM, "EUR"), "EUR") == MONEY_MAXIMUM
    assert minor_units(written(MONEY_MAXIMUM + 1, "EUR"), "EUR") is None


@given(st.integers(0, MONEY_MAXIMUM), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_what_is_written_is_read_as_it_was(amount: int, currency: str) -> None:
    assert minor_units(written(amount, currency), currency) == amount
