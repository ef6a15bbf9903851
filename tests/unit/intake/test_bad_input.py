"""What is no hand-in is answered with what is wrong, and costs no more than its size."""

import pytest

from infra.http.problems import invalid
from schemas.decoding import DIAGNOSED_BYTES
from schemas.faults import MOST, Faulty
from services.intake.handing_in.hand_in import read
from services.intake.organisations.callers import Caller
from services.methodology.version import load
from tests.unit.intake.examples import employee, raw

GOOD = raw(employee())
SHARE = b'"share": 1000'
NESTED = b'{"assessment":' + b"[" * 30_000 + b"]" * 30_000 + b"}"


@pytest.mark.parametrize(
    ("body", "pointer", "said"),
    [
        (GOOD[: len(GOOD) // 2], "", "not valid JSON"),
        (GOOD.replace(b"staff", b"st\xff\xfe"), "", "UTF-8"),
        (GOOD.replace(SHARE, b'"share": NaN'), "", "valid JSON"),
        (GOOD.replace(SHARE, b'"share": ' + b"9" * 400), "/assessment/occupations/0/share", "between 1 and 1000"),
        (GOOD.replace(SHARE, b'"share": 1000.0'), "/assessment/occupations/0/share", "whole number"),
        (NESTED, "", "nested too deeply"),
    ],
    ids=["half a line", "no UTF-8", "NaN", "out of range", "decimals", "nested without end"],
)
def test_each_is_named_with_its_place(body: bytes, pointer: str, said: str) -> None:
    with pytest.raises(Faulty) as refused:
        read(body, Caller("acme"), "0" * 32, load())
    (fault,) = refused.value.faults
    assert fault.pointer == pointer
    assert said in fault.detail


@pytest.mark.parametrize(
    ("first", "again", "pointer"),
    [
        (b'{"', b'{"external_id": "second", "', "/external_id"),
        (b'{"', b'{"\\u0065xternal_id": "second", "', "/external_id"),
        (SHARE, SHARE + b", " + SHARE, "/assessment/occupations/0/share"),
    ],
    ids=["at the top", "the second one in escapes", "within"],
)
def test_a_key_that_stands_twice_is_named_with_its_place(first: bytes, again: bytes, pointer: str) -> None:
    with pytest.raises(Faulty) as refused:
        read(GOOD.replace(first, again, 1), Caller("acme"), "0" * 32, load())
    (fault,) = refused.value.faults
    assert (fault.pointer, "twice" in fault.detail) == (pointer, True)


def test_escapes_alone_repeat_nothing() -> None:
    escaped = GOOD.replace(b'"external_id"', b'"\\u0065xternal_id"')
    assert read(escaped, Caller("acme"), "0" * 32, load()) == read(GOOD, Caller("acme"), "0" * 32, load())


def refusal(body: bytes) -> Faulty:
    with pytest.raises(Faulty) as refused:
        read(body, Caller("acme"), "0" * 32, load())
    return refused.value


def test_of_very_many_faults_the_first_are_told_and_that_there_are_more() -> None:
    # Given a hand-in of a few kilobytes with more unknown members than anybody reads about
    body = raw(employee() | {f"m{number}": 1 for number in range(1_000)})
    # Then the answer has a bound that does not depend on how many
    told = invalid(refusal(body).faults).document()
    assert len(told["errors"]) == MOST
    assert "first" in told["detail"]
    assert "detail" not in invalid(refusal(raw(employee() | {"m": 1})).faults).document()


def test_of_a_document_that_is_far_too_long_the_first_fault_is_told_in_its_place_and_without_its_value() -> None:
    padding = b" " * DIAGNOSED_BYTES
    (number,) = refusal(GOOD.replace(SHARE, b'"share": -4') + padding).faults
    assert number.pointer == "/assessment/occupations/0/share"
    (choice,) = refusal(GOOD.replace(b'"core"', b'"CANARY"') + padding).faults
    assert (choice.pointer, "CANARY" in choice.detail) == ("/assessment/profile", False)
