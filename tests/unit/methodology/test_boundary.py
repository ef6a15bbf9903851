"""On which side of a limit a result lies, and when that is not sure."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.boundary import USES, packed, unpacked
from services.methodology.boundary import UNITS_OF_A_POINT, crosses

UNITS = st.integers(0, 100 * UNITS_OF_A_POINT)
LIMITS = st.dictionaries(st.sampled_from(USES), st.integers(1, 100))


def band(low: int, high: int) -> dict[str, int]:
    """In whole points."""
    return {"low": low * UNITS_OF_A_POINT, "high": high * UNITS_OF_A_POINT}


def test_a_band_that_lies_on_one_side_crosses_nothing() -> None:
    assert not crosses(band(50, 60), 50)  # at the limit is not below it
    assert not crosses(band(40, 49), 50)


def test_a_band_with_the_limit_within_crosses_it() -> None:
    assert crosses(band(49, 50), 50)
    assert crosses(band(10, 90), 50)


@given(UNITS, UNITS, st.integers(1, 100))
def test_it_is_crossed_where_one_end_lies_below_and_the_other_does_not(one: int, other: int, limit: int) -> None:
    low, high = sorted((one, other))
    below = [end < limit * UNITS_OF_A_POINT for end in (low, high)]
    assert crosses({"low": low, "high": high}, limit) == (below[0] != below[1])


@given(LIMITS)
def test_limits_are_packed_in_a_length_that_tells_nothing(limits: dict) -> None:
    assert unpacked(packed(limits)) == limits
    assert len(packed(limits)) == len(USES)
