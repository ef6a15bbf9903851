"""Minor units are those of ISO 4217, not those that are commonly shown."""

import pytest

from schemas.currency import decimals


@pytest.mark.parametrize(
    ("currency", "count"), [("EUR", 2), ("JPY", 0), ("ISK", 0), ("KWD", 3), ("CLF", 4), ("RSD", 2), ("IRR", 2)]
)
def test_a_currency_has_the_decimals_of_the_standard(currency: str, count: int) -> None:
    assert decimals(currency) == count
