"""A claim code is the same at every retry, survives being read aloud, and is noticed when it is mistyped."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.crypto.claim_code import NotAClaimCode, canonical, claim_code

data_keys = st.binary(min_size=32, max_size=32)
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(data_keys)
def test_it_is_a_function_of_the_data_key_and_tells_nothing_else(data_key: bytes) -> None:
    code = claim_code(data_key)
    assert code == claim_code(data_key)
    assert [len(group) for group in code.split("-")] == [4] * 7


@given(data_keys)
def test_case_hyphens_spaces_and_alike_letters_do_not_matter(data_key: bytes) -> None:
    code = claim_code(data_key)
    body, check = code[:-1], code[-1]
    spoken = body.lower().replace("-", " ").replace("0", "o").replace("1", "l") + check.lower()
    assert canonical(spoken) == canonical(code)


@given(data_keys, st.integers(0, 26), st.sampled_from(DIGITS))
def test_one_wrong_symbol_is_always_noticed(data_key: bytes, place: int, other: str) -> None:
    symbols = list(claim_code(data_key).replace("-", ""))
    if symbols[place] == other:
        return
    symbols[place] = other
    with pytest.raises(NotAClaimCode):
        canonical("".join(symbols))


@given(data_keys, st.integers(0, 25))
def test_two_neighbours_changed_over_are_always_noticed(data_key: bytes, place: int) -> None:
    symbols = list(claim_code(data_key).replace("-", ""))
    if symbols[place] == symbols[place + 1]:
        return
    symbols[place], symbols[place + 1] = symbols[place + 1], symbols[place]
    with pytest.raises(NotAClaimCode):
        canonical("".join(symbols))


@given(st.text(max_size=60))
def test_anything_else_is_no_claim_code_or_one_in_full(text: str) -> None:
    with contextlib.suppress(NotAClaimCode):
        assert len(canonical(text)) == 17


@given(data_keys, data_keys)
def test_two_persons_never_share_one(one: bytes, other: bytes) -> None:
    assert (claim_code(one) == claim_code(other)) == (one == other)
