"""What a log asks a witness: the size it last saw, the proof that the new checkpoint continues it, the checkpoint.

Source: C2SP tlog-witness (https://c2sp.org/tlog-witness), `POST <prefix>/add-checkpoint`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from services.audit.tlog import strict_base64
from services.audit.tlog.merkle import HASH_BYTES

PATH: Final = "/add-checkpoint"
SIZE_TYPE: Final = "text/x.tlog.size"
"""The content type of a 409, whose body is the size that the witness knows."""
MAX_REQUEST_BYTES: Final = 256 * 1024
"""Sixteen signatures must be taken (signed-note), and such as withstand quantum computers have nearly 5 kB."""
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")
_MAX_HASHES: Final = 63


class RequestError(ValueError):
    """A request is not well-formed."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """The old size, the consistency proof from it, and the log's signed checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def encode(self) -> bytes:
        """The body of the request."""
        lines = [f"old {self.old}", *(strict_base64.encode(each) for each in self.proof)]
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint

    @classmethod
    def parse(cls, body: bytes) -> AddCheckpoint:
        """The parts of a body, nothing verified yet; RequestError if it is not well-formed."""
        head, blank, checkpoint = body.partition(b"\n\n")
        if not blank:
            raise RequestError("the body lacks the blank line before its checkpoint")
        try:
            first, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise RequestError(f"the body is not ASCII at byte {error.start}") from error
        old = _OLD.fullmatch(first)
        if old is None:
            raise RequestError("the first line must be `old <decimal>`")
        if len(lines) > _MAX_HASHES:
            raise RequestError(f"the proof has {len(lines)} hashes, more than {_MAX_HASHES}")
        return cls(int(old[1]), tuple(map(_hash, lines)), checkpoint)


def _hash(line: str) -> bytes:
    try:
        value = strict_base64.decode(line)
    except ValueError as error:
        raise RequestError(f"a hash of the proof is {error}") from error
    if len(value) != HASH_BYTES:
        raise RequestError(f"a hash of the proof does not have {HASH_BYTES} bytes")
    return value
