"""Sealed payloads open with their own key, in their own place, unchanged, and not otherwise."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.crypto.sealed import Context, NotOpened, open_sealed, seal
from infra.crypto.subkeys import DOMAINS, derive, key_id

DATA_KEY = bytes(range(32))
CONTEXT = Context("acme", "a" * 32, "assessments.submitted", "answers/1", "e" * 32, "k" * 16)
ANSWERS = derive(DATA_KEY, "answers")


@given(st.binary(max_size=2_000))
def test_what_was_sealed_opens_to_the_same_bytes(plaintext: bytes) -> None:
    assert open_sealed(ANSWERS, seal(ANSWERS, plaintext, CONTEXT), CONTEXT) == plaintext


@pytest.mark.parametrize("field", ["tenant", "alias", "topic", "schema", "event_id", "key_id"])
def test_a_payload_does_not_open_in_another_place(field: str) -> None:
    payload = seal(ANSWERS, b"level 3", CONTEXT)
    with pytest.raises(NotOpened, match="another place"):
        open_sealed(ANSWERS, payload, replace(CONTEXT, **{field: "other"}))


def test_a_payload_does_not_open_under_the_subkey_of_another_domain() -> None:
    payload = seal(ANSWERS, b"level 3", CONTEXT)
    with pytest.raises(NotOpened, match="another key"):
        open_sealed(derive(DATA_KEY, "result"), payload, CONTEXT)


@given(st.integers(min_value=0), st.integers(1, 255))
def test_a_payload_with_any_byte_changed_does_not_open(place: int, change: int) -> None:
    payload = bytearray(seal(ANSWERS, b"level 3", CONTEXT))
    payload[place % len(payload)] ^= change
    with pytest.raises(NotOpened):
        open_sealed(ANSWERS, bytes(payload), CONTEXT)


@given(st.integers(0, 80))
def test_a_payload_cut_short_does_not_open(length: int) -> None:
    payload = seal(ANSWERS, b"x" * 40, CONTEXT)
    with pytest.raises(NotOpened):
        open_sealed(ANSWERS, payload[:length], CONTEXT)


@given(
    st.lists(st.text(max_size=8), min_size=6, max_size=6),
    st.lists(st.text(max_size=8), min_size=6, max_size=6),
)
def test_two_places_never_share_their_associated_data(one: list[str], other: list[str]) -> None:
    same = Context(*one).associated_data() == Context(*other).associated_data()
    assert same == (one == other)


def test_no_two_domains_share_a_key_and_the_key_id_is_none_of_them() -> None:
    keys = {derive(DATA_KEY, domain).key for domain in DOMAINS}
    assert len(keys) == len(DOMAINS)
    assert not any(key.hex().startswith(key_id(DATA_KEY)) for key in keys)
