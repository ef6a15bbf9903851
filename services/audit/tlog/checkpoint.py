"""Checkpoints: what a log states about itself at one size, as the text of a signed note.

Source: C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.audit.tlog import strict_base64
from services.audit.tlog.merkle import HASH_BYTES
from services.audit.tlog.note import Note, NoteError, SignerKey, Verifier, VerifierKey, sign_note

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


class CheckpointError(ValueError):
    """A checkpoint is not well-formed, of another log, or not signed by the log's key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Origin (the log's name), size in entries, root of 32 bytes, and opaque extension lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note text; CheckpointError if it could not be read back."""
        lines = (self.origin, str(self.size), strict_base64.encode(self.root), *self.extensions)
        text = "".join(line + "\n" for line in lines)
        if Checkpoint.parse(text) != self:
            raise CheckpointError("a line of a checkpoint holds a newline")
        return text

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The checkpoint of a note text; else CheckpointError."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() != "" or "" in lines:
            raise CheckpointError("a checkpoint is origin, size and root, each on a line that is not empty")
        origin, size, encoded = lines[:3]
        if not _DECIMAL.fullmatch(size):
            raise CheckpointError(f"the checkpoint's size is not a plain decimal number: {size[:40]!r}")
        try:
            root = strict_base64.decode(encoded)
        except ValueError as error:
            raise CheckpointError(f"the checkpoint's root is {error}") from error
        if len(root) != HASH_BYTES:
            raise CheckpointError(f"the checkpoint's root has {len(root)} bytes, not {HASH_BYTES}")
        return cls(origin, int(size), root, tuple(lines[3:]))

    def sign(self, *signers: SignerKey) -> bytes:
        """The checkpoint as a signed note."""
        return sign_note(self.text(), *signers).encode()


def open_checkpoint(data: bytes, log: VerifierKey, others: Iterable[Verifier] = ()) -> Checkpoint:
    """The checkpoint of a note that the log's key has signed and whose origin is the key's name.

    A wrong signature of one of `others` is refused too. Raises CheckpointError.
    """
    try:
        note = Note.parse(data)
        signed = note.verified_by((log, *others))
    except NoteError as error:
        raise CheckpointError(f"the checkpoint cannot be trusted: {error}") from error
    if log not in signed:
        raise CheckpointError(f"the checkpoint is not signed by {log.name}")
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != log.name:
        raise CheckpointError(f"the checkpoint is of {checkpoint.origin!r}, the key of {log.name!r}")
    return checkpoint
