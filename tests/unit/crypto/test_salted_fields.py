"""A commitment hides its fields, shows them one by one, and is the same at every retry."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from infra.crypto.salted_fields import commit, entry_id, salted
from infra.crypto.subkeys import derive
from infra.crypto.tree_hash import leaf_hash, node_hash, root_of

TRAIL = derive(bytes(32), "trail")
OTHER = derive(bytes([1]) * 32, "trail")
fields = st.lists(st.tuples(st.text(max_size=12), st.binary(max_size=40)), min_size=1, max_size=12)


@given(fields)
def test_a_retry_commits_equally(chosen: list[tuple[str, bytes]]) -> None:
    assert commit(salted(TRAIL, "e1", chosen)) == commit(salted(TRAIL, "e1", chosen))


@given(fields)
def test_another_key_or_event_commits_to_the_same_fields_differently(chosen: list[tuple[str, bytes]]) -> None:
    commitments = {commit(salted(key, event, chosen)) for key in (TRAIL, OTHER) for event in ("e1", "e2")}
    assert len(commitments) == 4


def test_one_field_is_shown_without_the_rest() -> None:
    # Given a commitment to three fields
    shown, second, third = salted(TRAIL, "e1", [("score", b"57"), ("tenant", b"acme"), ("as_of", b"2026-11")])
    # When an outsider has the first in the clear and the rest as hashes only
    path = [second.leaf(), third.leaf()]
    # Then the root is the commitment
    assert node_hash(node_hash(shown.leaf(), path[0]), path[1]).hex() == commit([shown, second, third])


def test_entries_of_one_event_have_ids_of_their_own() -> None:
    assert entry_id(TRAIL, "e1", "received") != entry_id(TRAIL, "e1", "scored")
    assert len(entry_id(TRAIL, "e1", "scored")) == 32


def test_an_entry_s_id_is_128_bits_of_hkdf_of_the_trail_subkey_and_the_event() -> None:
    expand = HKDFExpand(SHA256(), 16, b"careerpulse/entry/v1/e1/scored")
    assert entry_id(TRAIL, "e1", "scored") == expand.derive(TRAIL.key).hex()


def test_the_root_of_seven_leaves_is_that_of_the_rfc() -> None:
    # Given the tree that RFC 6962, section 2.1.3 draws: ((ab)(cd))((ef)g)
    a, b, c, d, e, f, g = (leaf_hash(bytes([i])) for i in range(7))
    left = node_hash(node_hash(a, b), node_hash(c, d))
    right = node_hash(node_hash(e, f), g)
    assert root_of([a, b, c, d, e, f, g]) == node_hash(left, right)
