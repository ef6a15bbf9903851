"""The proof that one entry is in the log, as one small text that is checked offline.

Source: C2SP tlog-proof (https://c2sp.org/tlog-proof); such a file is named `*.tlog-proof`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.audit.tlog import merkle, strict_base64
from services.audit.tlog.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from services.audit.tlog.merkle import HASH_BYTES, Nodes, ProofError
from services.audit.tlog.note import Note, Verifier, VerifierKey

HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_MAX_HASHES = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """The entry's index, the hashes from its sibling up, the log's signed checkpoint, and opaque extra data.

    `extra` is not authenticated by anything; None means that there is no such line.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def encode(self) -> bytes:
        """The proof as a text in UTF-8."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {strict_base64.encode(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [strict_base64.encode(each) for each in self.hashes]
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> Proof:
        """The parts of a proof, nothing verified yet; ProofError if it is not well-formed."""
        head, blank, checkpoint = data.partition(b"\n\n")
        if not blank:
            raise ProofError("the proof lacks the blank line before its checkpoint")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise ProofError(f"the proof is not ASCII at byte {error.start}") from error
        if lines.pop(0) != HEADER:
            raise ProofError(f"the proof's first line must be {HEADER}")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = _decoded(lines.pop(0).removeprefix("extra "), "extra data")
        index = _INDEX.fullmatch(lines.pop(0)) if lines else None
        if index is None:
            raise ProofError("the proof lacks its line `index <decimal>`")
        return cls(int(index[1]), _hashes(lines), checkpoint, extra)

    def verify(self, entry: bytes, log: VerifierKey, others: Iterable[Verifier] = ()) -> Checkpoint:
        """The checkpoint that this entry is proven to be under; else ProofError or CheckpointError."""
        checkpoint = open_checkpoint(self.checkpoint, log, others)
        leaf = merkle.leaf_hash(entry)
        merkle.verify_inclusion(leaf, self.index, checkpoint.size, self.hashes, checkpoint.root)
        return checkpoint


def prove(node: Nodes, index: int, checkpoint: bytes, extra: bytes | None = None) -> Proof:
    """The proof of the entry at `index` under a signed checkpoint of the tree that `node` reads.

    Raises ProofError if the checkpoint does not cover the entry, CheckpointError if it cannot be read.
    """
    try:
        size = Checkpoint.parse(Note.parse(checkpoint).text).size
    except ValueError as error:
        raise CheckpointError(f"the checkpoint cannot be read: {error}") from error
    return Proof(index, tuple(merkle.inclusion_proof(node, index, size)), checkpoint, extra)


def _hashes(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > _MAX_HASHES:
        raise ProofError(f"the proof has {len(lines)} hashes, more than {_MAX_HASHES}")
    hashes = tuple(_decoded(line, "hash") for line in lines)
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ProofError(f"a hash of the proof does not have {HASH_BYTES} bytes")
    return hashes


def _decoded(text: str, what: str) -> bytes:
    try:
        return strict_base64.decode(text)
    except ValueError as error:
        raise ProofError(f"the proof's {what} is {error}") from error
