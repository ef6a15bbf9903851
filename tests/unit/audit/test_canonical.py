"""Canonical JSON is that of RFC 8785 wherever the log uses it, and refused elsewhere."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from services.audit.tlog import canonical
from services.audit.tlog.canonical import MAX_DEPTH, MAX_INTEGER, CanonicalError

names = st.text(alphabet=st.characters(max_codepoint=127), max_size=8)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(alphabet=st.characters(codec="utf-8"))
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4))


@given(values)
def test_every_value_is_written_as_rfc_8785_writes_it_and_comes_back(value):
    written = canonical.encode(value)
    assert written == rfc8785.dumps(value)
    assert canonical.decode(written) == value


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b' {"a":1}',
        b'{"a":1}\n',
        b'"\\u0041"',
        b'"\\/"',
        b"-0",
        b"1.0",
        b"1e2",
        b"9007199254740992",
        b"\xff",
        b'"\\ud800"',
        b"[" * 2000,
        b"NaN",
    ],
)
def test_another_way_to_write_is_refused(text):
    with pytest.raises(CanonicalError):
        canonical.decode(text)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": [1, 0.5]}, r"\$\.a\[1\]"),
        ({"a": 2**53}, r"\$\.a"),
        ({"ä": 1}, r"\$"),
        ({1: 1}, r"\$"),
        ({"a": b""}, r"\$\.a"),
        ("\ud800", r"\$"),
    ],
)
def test_what_lies_outside_is_named(value, place):
    with pytest.raises(CanonicalError, match=place):
        canonical.encode(value)


def test_nesting_is_bounded():
    nested: canonical.Json = None
    for _ in range(MAX_DEPTH):
        nested = [nested]
    canonical.encode(nested)
    with pytest.raises(CanonicalError, match="deeper"):
        canonical.encode([nested])
