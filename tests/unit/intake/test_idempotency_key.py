"""The form of an Idempotency-Key, and what an event id is made of."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.http.problems import Problem
from schemas.purposes import INDIVIDUALS
from services.intake.contract import EITHERS_KEY, IDEMPOTENCY_KEY, PERSONS_KEY, STREAM_KEY
from services.intake.handing_in.idempotency import Events, checked, demanded


def test_no_header_is_no_key() -> None:
    assert checked(None, "acme") is None


def test_a_key_may_be_quoted_as_the_draft_has_it() -> None:
    assert checked('"order-1"', "acme") == checked("order-1", "acme") == "order-1"


def test_where_a_key_is_demanded_none_is_an_error_that_says_so() -> None:
    assert demanded("order-1", "acme") == "order-1"
    with pytest.raises(Problem) as refused:
        demanded(None, "acme")
    assert (refused.value.status, refused.value.kind) == (400, "idempotency-key-missing")


@pytest.mark.parametrize("header", ["", '""', "a b", "x" * 256, "é", "a\x00b", "CANARY\n"])
def test_a_malformed_key_is_refused_and_not_repeated(header: str) -> None:
    with pytest.raises(Problem) as refused:
        checked(header, "acme")
    assert refused.value.status == 400
    assert "CANARY" not in str(refused.value.document())


def test_a_persons_key_cannot_be_guessed() -> None:
    with pytest.raises(Problem):
        checked("x" * 31, INDIVIDUALS)
    assert checked("x" * 32, INDIVIDUALS)


def taken(header: str, tenant: str) -> bool:
    try:
        return checked(header, tenant) is not None
    except Problem:
        return False


@given(st.text(st.characters(max_codepoint=300), max_size=260) | st.from_regex(r'"?[!-~]{1,257}"?', fullmatch=True))
@example("first-file")
@example("x" * 31)
def test_what_is_published_of_a_key_is_what_is_taken(header: str) -> None:
    for published in (IDEMPOTENCY_KEY, STREAM_KEY, EITHERS_KEY):
        assert bool(re.fullmatch(published.schema["pattern"], header)) == taken(header, "acme")
    assert bool(re.fullmatch(PERSONS_KEY.schema["pattern"], header)) == taken(header, INDIVIDUALS)


def test_without_a_key_no_two_events_are_the_same() -> None:
    assert Events(None).event_id(1) != Events(None).event_id(1)


@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**40), st.integers(1, 2**40))
def test_an_event_id_is_a_function_of_secret_scope_and_line(secret: bytes, line: int, other: int) -> None:
    events = Events(secret, b"scope")
    assert events.event_id(line) == Events(secret, b"scope").event_id(line)
    assert (events.event_id(line) == events.event_id(other)) == (line == other)
    assert events.event_id(line) != Events(secret, b"other").event_id(line)
    assert len(events.event_id(line)) == 32
