"""The hashes of a Merkle tree as RFC 6962, section 2.1 defines them."""

from collections.abc import Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: SHA-256 over 0x00 and the leaf's bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256 over 0x01 and its children's hashes (32 bytes each)."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash over leaf hashes: left subtrees hold the largest power of two of leaves."""
    if not leaf_hashes:
        return EMPTY_ROOT
    level = list(leaf_hashes)
    while len(level) > 1:
        pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            pairs.append(level[-1])
        level = pairs
    return level[0]


def path_of(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings by which one leaf leads to the root, the lowest first (RFC 6962, section 2.1.1).

    Raises IndexError for a leaf that there is not.
    """
    if not 0 <= index < len(leaf_hashes):
        raise IndexError(f"there are {len(leaf_hashes)} leaves, none at {index}")
    if len(leaf_hashes) == 1:
        return []
    half = 1 << (len(leaf_hashes) - 1).bit_length() - 1
    left, right = leaf_hashes[:half], leaf_hashes[half:]
    if index < half:
        return [*path_of(left, index), root_of(right)]
    return [*path_of(right, index - half), root_of(left)]
