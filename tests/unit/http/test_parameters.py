"""A query is taken strictly, and everything that does not fit is named at once."""

import pytest
from aiohttp.test_utils import make_mocked_request

from infra.http.parameters import Parameters
from infra.http.problems import Problem

CANARY = "CANARY-2b7"


def parameters(query: str, *known: str) -> Parameters:
    return Parameters(make_mocked_request("GET", f"/?{query}"), *known)


def faults(given: Parameters) -> dict[str, str]:
    with pytest.raises(Problem) as refused:
        given.settle()
    assert refused.value.status == 422
    return {fault.pointer: fault.detail for fault in refused.value.faults}


def test_what_fits_is_given_and_what_is_missing_is_the_default() -> None:
    given = parameters("n=7&c=b", "n", "c", "m")
    assert given.number("n", 1, 9, 5) == 7
    assert given.choice("c", ("a", "b"), "a") == "b"
    assert given.number("m", 1, 9, 5) == 5
    assert given.one("m") is None
    given.settle()


def test_every_fault_is_named_at_once_and_repeats_nothing() -> None:
    given = parameters(f"n={CANARY}&c={CANARY}&d=1&d={CANARY}&other={CANARY}", "n", "c", "d")
    given.number("n", 1, 9, 5)
    given.choice("c", ("a", "b"), "a")
    given.one("d")
    found = faults(given)
    assert set(found) == {"/n", "/c", "/d", "/other"}
    assert CANARY not in str(found)


@pytest.mark.parametrize("value", ["0", "10", "-1", "1.0", "+3", "٣", "9" * 5000, ""])
def test_a_number_is_whole_plain_and_within_its_bounds(value: str) -> None:
    given = parameters(f"n={value}", "n")
    given.number("n", 1, 9, 5)
    assert faults(given) == {"/n": "Must be a whole number from 1 to 9."}
