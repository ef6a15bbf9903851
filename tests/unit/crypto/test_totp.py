"""One-time passwords give the values of the RFCs, and count for their own steps alone."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.crypto import totp

SECRET = b"12345678901234567890"
RFC_4226 = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
RFC_6238 = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("counter", "expected"), list(enumerate(RFC_4226)))
def test_the_values_of_rfc_4226_appendix_d(counter: int, expected: str) -> None:
    assert totp.code(SECRET, counter) == expected


@pytest.mark.parametrize(("moment", "expected"), RFC_6238)
def test_the_values_of_rfc_6238_appendix_b(moment: int, expected: str) -> None:
    assert totp.code(SECRET, moment // totp.STEP_SECONDS, digits=8) == expected


@given(st.integers(3, 2**40), st.integers(-1, 1))
def test_a_code_is_taken_one_step_early_or_late(step: int, drift: int) -> None:
    given_code = totp.code(SECRET, step + drift)
    found = totp.step_of(SECRET, given_code, step * totp.STEP_SECONDS)
    assert found is not None and totp.code(SECRET, found) == given_code


@pytest.mark.parametrize("given_code", ["", "28708", "2870822", "２８７０８２", "338314"])
def test_what_is_no_code_of_these_steps_is_none(given_code: str) -> None:
    assert totp.step_of(SECRET, given_code, totp.STEP_SECONDS) is None


def test_the_uri_brings_the_secret_to_an_authenticator() -> None:
    parts = urlsplit(totp.uri(SECRET, "CareerPulse", "ada"))
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/CareerPulse:ada")
    told = parse_qs(parts.query)
    assert told["secret"] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
    assert (told["algorithm"], told["digits"], told["period"]) == (["SHA1"], ["6"], ["30"])
