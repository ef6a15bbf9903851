"""The Merkle tree of the log: hashing, incremental growth, proofs and their verification.

Source: RFC 6962 section 2.1 and RFC 9162 section 2.1 (the algorithms of verification), with SHA-256.
A hash is 32 bytes. A *node* (level, index) is the root of the perfect subtree over the leaves
[index * 2**level, (index + 1) * 2**level); level 0 holds the leaf hashes. Proofs read the tree through a
function `node(level, index)` alone and call it O(log n) times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from infra.crypto.tree_hash import EMPTY_ROOT, leaf_hash, node_hash

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "Frontier",
    "Nodes",
    "ProofError",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "parents",
    "perfect_root",
    "tree_root",
    "verify_consistency",
    "verify_inclusion",
]

HASH_BYTES = 32

Nodes = Callable[[int, int], bytes]


class ProofError(ValueError):
    """A proof does not hold, or the question put to it makes no sense."""


def parents(hashes: bytes) -> bytes:
    """One level up: from 2k concatenated hashes to k concatenated hashes."""
    return b"".join([sha256(b"\x01" + hashes[at : at + 64]).digest() for at in range(0, len(hashes), 64)])


def perfect_root(hashes: bytes) -> bytes:
    """The root over 2**k concatenated hashes."""
    while len(hashes) > HASH_BYTES:
        hashes = parents(hashes)
    return hashes


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree of `size` leaves: the roots of its perfect subtrees, the largest first.

    One for each bit that is set in `size`; all that is needed to append and to state the root.
    """

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def extend(self, leaf_hashes: Iterable[bytes]) -> Frontier:
        """The frontier after these leaf hashes, in O(1) amortized per leaf."""
        roots, size = list(self.roots), self.size
        for leaf in leaf_hashes:
            carried, bits = leaf, size
            while bits & 1:
                carried = node_hash(roots.pop(), carried)
                bits >>= 1
            roots.append(carried)
            size += 1
        return Frontier(size, tuple(roots))

    def root(self) -> bytes:
        """The root of the tree, MTH of RFC 6962 section 2.1."""
        return fold(self.roots)


def fold(roots: Sequence[bytes]) -> bytes:
    """Join neighbouring perfect subtrees, the largest first, into one root."""
    if not roots:
        return EMPTY_ROOT
    folded = roots[-1]
    for left in reversed(roots[:-1]):
        folded = node_hash(left, folded)
    return folded


def tree_root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over n leaf hashes."""
    return Frontier().extend(leaf_hashes).root()


def range_root(node: Nodes, start: int, end: int) -> bytes:
    """MTH(D[start:end]) where `start` is a multiple of the largest power of two below end - start."""
    roots = []
    while start < end:
        level = (end - start).bit_length() - 1
        roots.append(node(level, start >> level))
        start += 1 << level
    return fold(roots)


def _split(length: int) -> int:
    """The largest power of two smaller than `length`."""
    return 1 << ((length - 1).bit_length() - 1)


def inclusion_proof(node: Nodes, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962 section 2.1.1, the leaf's sibling first.

    Raises ProofError if there is no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(f"entry {index} is not in a tree of {size} entries")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_root(node, middle, end))
            end = middle
        else:
            path.append(range_root(node, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(node: Nodes, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962 section 2.1.2; empty if `old` is 0 or equal to `new`.

    Raises ProofError if the old tree is larger than the new one.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} entries cannot continue one of {old}")
    if old in (0, new):
        return []
    start, end, path = 0, new, []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_root(node, middle, end))
            end = middle
        else:
            path.append(range_root(node, start, middle))
            start = middle
    if start:
        path.append(range_root(node, start, end))
    return path[::-1]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a proof from the leaf up: the sibling, on which side it stands, and the hash that both make."""

    sibling: bytes
    on_the_left: bool
    made: bytes


def climb(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> list[Step]:
    """The steps from a leaf hash to the root that a proof leads to (RFC 9162 section 2.1.3.2); else ProofError."""
    if not 0 <= index < size:
        raise ProofError(f"entry {index} is not in a tree of {size} entries")
    position, last, computed = index, size - 1, leaf
    steps: list[Step] = []
    for sibling in proof:
        if last == 0:
            raise ProofError(f"the inclusion proof of entry {index} is too long")
        on_the_left = bool(position & 1) or position == last
        computed = node_hash(sibling, computed) if on_the_left else node_hash(computed, sibling)
        while on_the_left and not position & 1 and position:
            position, last = position >> 1, last >> 1
        position, last = position >> 1, last >> 1
        steps.append(Step(sibling, on_the_left, computed))
    if last:
        raise ProofError(f"the inclusion proof of entry {index} is too short")
    return steps


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash stands at `index` of the tree (RFC 9162 section 2.1.3.2); else ProofError."""
    steps = climb(leaf, index, size, proof)
    if not compare_digest(steps[-1].made if steps else leaf, root):
        raise ProofError(f"the inclusion proof of entry {index} does not lead to the root")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the new tree continues the old one (RFC 9162 section 2.1.4.2); else ProofError."""
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} entries cannot continue one of {old}")
    if old in (0, new):
        known = new_root if old == new else EMPTY_ROOT
        if proof or not compare_digest(old_root, known):
            raise ProofError(f"the trees of {old} and {new} entries are not consistent")
        return
    if old & (old - 1) == 0:
        proof = [old_root, *proof]
    if not proof:
        raise ProofError(f"the consistency proof from {old} to {new} entries is too short")
    computed_old, computed_new = _replay_consistency(old, new, proof)
    if not (compare_digest(computed_old, old_root) and compare_digest(computed_new, new_root)):
        raise ProofError(f"the trees of {old} and {new} entries are not consistent")


def _replay_consistency(old: int, new: int, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The old and the new root that a consistency proof, its first hash included, leads to."""
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    computed_old = computed_new = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            raise ProofError(f"the consistency proof from {old} to {new} entries is too long")
        if position & 1 or position == last:
            computed_old, computed_new = node_hash(sibling, computed_old), node_hash(sibling, computed_new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            computed_new = node_hash(computed_new, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise ProofError(f"the consistency proof from {old} to {new} entries is too short")
    return computed_old, computed_new
