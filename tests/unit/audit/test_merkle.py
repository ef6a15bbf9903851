"""The tree keeps to RFC 6962: published vectors, and the laws of its proofs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.tlog.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

# The well-known vectors of Certificate Transparency, as in transparency-dev/merkle (testonly, proof).
LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
G = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
INCLUSION = {
    (0, 8): [A, B, C],
    (5, 8): [D, E, ROOTS[4]],
    (2, 3): [ROOTS[2]],
    (1, 5): [ROOTS[1], B, D],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [A, B, C],
    (6, 8): [F, E, ROOTS[4]],
    (2, 5): [B, D],
    (6, 7): [F, G, ROOTS[4]],
}


def nodes_of(leaves: list[bytes]):
    """A reader of the tree's nodes by definition: the root over the leaves below."""
    hashes = [leaf_hash(each) for each in leaves]

    def node(level: int, index: int) -> bytes:
        below = hashes[index << level : (index + 1) << level]
        assert len(below) == 1 << level, "proofs may read perfect subtrees only"
        return mth(below)

    return node


def mth(hashes: list[bytes]) -> bytes:
    """MTH as RFC 6962 section 2.1 writes it."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(mth(hashes[:split]), mth(hashes[split:]))


def root_of(leaves: list[bytes]) -> bytes:
    return tree_root(leaf_hash(each) for each in leaves)


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_published_one(size):
    assert root_of(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_an_inclusion_proof_is_the_published_one(index, size):
    proof = inclusion_proof(nodes_of(LEAVES[:size]), index, size)
    assert [each.hex() for each in proof] == INCLUSION[index, size]
    verify_inclusion(leaf_hash(LEAVES[index]), index, size, proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_a_consistency_proof_is_the_published_one(old, new):
    proof = consistency_proof(nodes_of(LEAVES[:new]), old, new)
    assert [each.hex() for each in proof] == CONSISTENCY[old, new]
    verify_consistency(old, new, proof, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]))


leaves_and_two_sizes = st.integers(1, 70).flatmap(
    lambda size: st.tuples(st.just([b"%d" % n for n in range(size)]), st.integers(0, size - 1))
)


@given(st.lists(st.binary(max_size=8), max_size=70), st.integers(0, 70))
def test_growing_in_two_steps_gives_the_root_of_growing_at_once(leaves, split):
    hashes = [leaf_hash(each) for each in leaves]
    frontier = Frontier().extend(hashes[:split]).extend(hashes[split:])
    assert frontier.root() == mth(hashes)
    assert len(frontier.roots) == frontier.size.bit_count()


@given(leaves_and_two_sizes)
def test_every_entry_proves_its_place_and_no_other(given_tree):
    leaves, index = given_tree
    size, root = len(leaves), root_of(leaves)
    proof = inclusion_proof(nodes_of(leaves), index, size)
    verify_inclusion(leaf_hash(leaves[index]), index, size, proof, root)
    for other in {index - 1, index + 1, index ^ 1, size - 1} - {index}:
        with pytest.raises(ProofError):
            verify_inclusion(leaf_hash(leaves[index]), other, size, proof, root)


@given(leaves_and_two_sizes, st.integers(0, 7), st.integers(0, 255))
def test_a_changed_inclusion_proof_fails(given_tree, place, flip):
    leaves, index = given_tree
    leaf, size, root = leaf_hash(leaves[index]), len(leaves), root_of(leaves)
    proof = inclusion_proof(nodes_of(leaves), index, size)
    broken = [[*proof, root], proof[:-1]] if proof else [[root]]
    if place < len(proof) and flip:
        changed = bytes([proof[place][0] ^ flip]) + proof[place][1:]
        broken.append([*proof[:place], changed, *proof[place + 1 :]])
    for each in broken:
        with pytest.raises(ProofError):
            verify_inclusion(leaf, index, size, each, root)


@given(leaves_and_two_sizes)
def test_every_tree_continues_each_of_its_beginnings(given_tree):
    leaves, old = given_tree
    new = len(leaves)
    proof = consistency_proof(nodes_of(leaves), old, new)
    verify_consistency(old, new, proof, root_of(leaves[:old]), root_of(leaves))


@given(leaves_and_two_sizes)
def test_a_forked_tree_has_no_consistency_proof(given_tree):
    # Given a log that shows another beginning than it has
    leaves, old = given_tree
    shown = [b"other", *leaves[1:old]]
    if old == 0:
        return
    # When its own proof is held against what was shown, then it fails
    proof = consistency_proof(nodes_of(leaves), old, len(leaves))
    with pytest.raises(ProofError):
        verify_consistency(old, len(leaves), proof, root_of(shown), root_of(leaves))


@given(leaves_and_two_sizes)
def test_a_consistency_proof_of_another_length_fails(given_tree):
    leaves, old = given_tree
    if old == 0:
        return
    old_root, root = root_of(leaves[:old]), root_of(leaves)
    proof = consistency_proof(nodes_of(leaves), old, len(leaves))
    for broken in ([*proof, root], proof[:-1]):
        with pytest.raises(ProofError):
            verify_consistency(old, len(leaves), broken, old_root, root)


def test_a_question_that_makes_no_sense_is_refused():
    node = nodes_of(LEAVES)
    for question in (
        lambda: inclusion_proof(node, 8, 8),
        lambda: inclusion_proof(node, -1, 8),
        lambda: consistency_proof(node, 9, 8),
        lambda: verify_inclusion(b"", 3, 3, [], b""),
        lambda: verify_consistency(4, 3, [], b"", b""),
    ):
        with pytest.raises(ProofError):
            question()


def test_a_proof_reads_a_logarithmic_number_of_nodes():
    # Given a tree of 2**40 - 1 entries whose nodes are counted, not kept
    asked = []

    def node(level: int, index: int) -> bytes:
        asked.append((level, index))
        return b"\0" * 32

    # When one entry is proven
    inclusion_proof(node, 2**39 - 5, 2**40 - 1)
    consistency_proof(node, 2**39 - 5, 2**40 - 1)
    # Then some hundred nodes were read
    assert len(asked) <= 4 * 40
