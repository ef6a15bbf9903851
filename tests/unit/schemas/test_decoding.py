"""msgspec decides and marshmallow names: the two never disagree."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.decoding import Decoder, compiled
from schemas.faults import Faulty
from schemas.invitation import PartnerSendTest
from schemas.submission import EmployeeHandIn

DECODER: Decoder[Any] = Decoder(EmployeeHandIn)
ANSWERS: dict[str, Any] = {
    "as_of": "2026-11",
    "profile": "core",
    "occupations": [{"code": "15-1252.00", "share": 1000}],
    "activities": [{"id": "rest", "factor": 2000}],
    "skills": [{"id": "2.C.3.a", "level": 3, "months": 2, "technology": "Python"}],
    "behaviours": [{"id": "ai.used", "level": 4}],
    "target": False,
}
VALID = {"assessment": ANSWERS, "external_id": "employee 7"}

strange = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 5_000),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "1", "yes", "2026-13", "2026-11\n", "core", "15-1252.00", "rest", "x" * 300, "\x00", "é"]),
    st.text(max_size=5),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["id", "level", "code", "x"]), st.integers(0, 5), max_size=2),
)


def _places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = document.items() if isinstance(document, dict) else enumerate(document)
    found = [path]
    for name, child in children if isinstance(document, dict | list) else ():
        found += _places(child, (*path, name)) if isinstance(child, dict | list) else [(*path, name)]
    return found


def _changed(document: Any, path: tuple[Any, ...], change: Any) -> Any:
    if not path:
        return change(document)
    copy = document.copy()
    copy[path[0]] = _changed(document[path[0]], path[1:], change)
    return copy


@st.composite
def almost_valid(draw: st.DrawFn) -> Any:
    """A valid hand-in with up to two of its places replaced, removed or given a strange neighbour."""
    document: Any = VALID
    for _ in range(draw(st.integers(0, 2))):
        path = draw(st.sampled_from(_places(document)))
        kind = draw(st.sampled_from(["replace", "remove", "add"]))
        value = draw(strange)
        if kind == "replace" or not path:
            document = _changed(document, path, lambda _, value=value: value)
        elif kind == "remove":
            document = _changed(document, path[:-1], lambda parent, last=path[-1]: _without(parent, last))
        else:
            document = _changed(document, path, lambda old: {**old, "x": 1} if isinstance(old, dict) else old)
        if not isinstance(document, dict):
            return document
    return document


def _without(parent: Any, name: Any) -> Any:
    if isinstance(parent, dict):
        return {key: value for key, value in parent.items() if key != name}
    return [value for place, value in enumerate(parent) if place != name]


@settings(max_examples=400)
@given(almost_valid())
def test_the_compiled_type_takes_exactly_what_the_schema_takes(document: Any) -> None:
    raw = msgspec.json.encode(document)
    named = EmployeeHandIn().validate(document) if isinstance(document, dict) else {"_schema": ["no object"]}
    try:
        decoded = DECODER.decode(raw)
    except Faulty as refusal:
        assert named, f"msgspec alone refused: {refusal}"
    else:
        assert not named, f"marshmallow alone refused: {named}"
        assert msgspec.to_builtins(decoded) == document


@pytest.mark.parametrize(
    ("raw", "pointer", "word"),
    [
        (b"{", "", "not valid JSON"),
        (b'"text"', "", "object"),
        (b"\xff\xfe", "", "not valid JSON"),
        (b"[" * 100_000, "", "valid JSON|deeply"),
        (b'{"assessment": {}}', "/assessment/as_of", "Missing"),
        (b'{"assessment": {}, "name": "Ada"}', "/name", "Unknown"),
        (
            b'{"assessment": {"occupations": [{"code": "xx-xxxx.xx", "share": 1}]}}',
            "/assessment/occupations/0/code",
            "15-1252",
        ),
        (
            b'{"assessment": {"occupations": [{"code": "15-1252.00", "share": 1.0}]}}',
            "/assessment/occupations/0/share",
            "whole",
        ),
    ],
)
def test_a_refusal_points_to_the_place_and_says_what_would_be_right(raw: bytes, pointer: str, word: str) -> None:
    with pytest.raises(Faulty) as refused:
        DECODER.decode(raw)
    assert any(fault.pointer == pointer for fault in refused.value.faults), refused.value.faults
    assert any(part in str(refused.value) for part in word.split("|"))


def test_the_compiled_type_of_a_schema_is_made_once() -> None:
    assert compiled(EmployeeHandIn) is compiled(EmployeeHandIn)


PASSING: Decoder[Any] = Decoder(PartnerSendTest)


@pytest.mark.parametrize(
    ("beside", "pointer", "word"),
    [
        (b'"x": 1, "x": 2', "/x", "twice"),
        (b'"x": {"y": [{"z": 1, "z": 2}]}', "/x/y/0/z", "twice"),
        (b'"x": "\xff"', "", "not valid JSON"),
        (b'"x": ' + b"[" * 70 + b"]" * 70, "", "deeply"),
        (b'"x": ' + b"[" * 100_000 + b"]" * 100_000, "", "deeply"),
    ],
)
def test_what_is_passed_over_is_still_json_that_says_each_thing_once(beside: bytes, pointer: str, word: str) -> None:
    with pytest.raises(Faulty, match=word) as refused:
        PASSING.decode(b'{"partner_test_id": "core", "candidate": {"email": "a@b"}, ' + beside + b"}")
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_members_that_are_not_known_are_passed_over_where_the_form_is_not_ours() -> None:
    decoded = PASSING.decode(
        b'{"partner_test_id": "core", "candidate": {"email": "a@b", "n": ' + b"1" * 5_000 + b"}}"
    )
    assert decoded.candidate.email == "a@b"
