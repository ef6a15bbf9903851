"""What the producers write and audit completes is what the published schema of an entry says."""

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.entry import Entry, EntryType, Leaf, Unusable, leaf
from schemas.events import Cause
from services.audit.tlog.entry import complete
from services.consent.purpose_table import Reason

digits = st.text("0123456789abcdef", min_size=64, max_size=64)
named = digits.map("sha256:{}".format)
places = st.integers(0, 2**40)


@given(
    st.sampled_from(get_args(EntryType)),
    st.none() | named,
    st.none() | st.builds(Cause, st.just("assessments.submitted"), st.integers(0, 9), places),
    st.none() | digits,
    st.none() | named,
    st.none() | st.sampled_from([*get_args(Unusable), *get_args(Reason)]),
    places,
)
def test_a_leaf_and_its_entry_have_their_schemas(
    kind: EntryType,
    methodology: str | None,
    cause: Cause | None,
    commitment: str | None,
    payload: str | None,
    reason: str | None,
    place: int,
) -> None:
    written = leaf(
        kind,
        "0" * 32,
        "2026-11-23T18:00:00Z",
        "service:scoring",
        "0.1.0",
        methodology=methodology,
        cause=cause,
        commitment=commitment,
        payload=payload,
        reason=reason,
    )
    entry = complete(written, "assessments.scored/3", place, None if place == 0 else place - 1)
    assert Leaf().validate(json.loads(written)) == {}
    assert Entry().validate(json.loads(entry)) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("alias", "a" * 32),
        ("type", "Rumoured by Ada"),
        ("id", "7"),
        ("time", "yesterday"),
        ("actor", "Ada Lovelace"),
        ("reason", "Because she said so"),
    ],
)
def test_an_entry_with_anything_else_in_it_is_none(field: str, value: str) -> None:
    document = json.loads(leaf("scored", "0" * 32, "2026-11-23T18:00:00Z", "service:scoring", "0.1.0"))
    assert field in Leaf().validate({**document, field: value})
