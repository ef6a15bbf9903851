"""What is no hand-in is answered with what is wrong, and costs no more than its size."""

import pytest

from schemas.faults import Faulty
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
