"""Asks one witness to cosign a checkpoint, as C2SP tlog-witness has it, and judges what it answers.

A witness that knows more than the log, or another history, is told apart from one that is only away: the log then has
lost something, or somebody has shown two logs.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, Literal

import aiohttp

from services.audit.tlog.checkpoint import Checkpoint
from services.audit.tlog.merkle import Nodes, consistency_proof
from services.audit.tlog.note import Note, NoteError, Signature
from services.audit.witness.add_checkpoint import PATH, AddCheckpoint
from services.audit.witness.policy import Witness

_TIMEOUT: Final = aiohttp.ClientTimeout(total=5.0)
_MAX_ANSWER_BYTES: Final = 16 * 1024
_MAX_SIZE_BYTES: Final = 20

Trouble = Literal["away", "refuses", "ahead", "forked"]
"""away: no answer; refuses: it does not know the log or its key; ahead: it cosigned more than the log has; forked:
what it cosigned does not continue to this checkpoint."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The witness's signature line, which holds."""

    signature: Signature


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is none."""

    trouble: Trouble
    reason: str


class Asker:
    """Asks this witness; remembers the size that it cosigned last."""

    def __init__(self, session: aiohttp.ClientSession, witness: Witness, url: str) -> None:
        self.witness = witness
        self._session = session
        self._url = url + PATH
        self._size = 0

    async def ask(self, signed: bytes, nodes: Nodes) -> Cosigned | Failed:
        """Its cosignature of this signed checkpoint of the tree that `nodes` reads."""
        checkpoint = Checkpoint.parse(Note.parse(signed).text)
        for _ in range(2):
            old = min(self._size, checkpoint.size)
            proof = await asyncio.to_thread(consistency_proof, nodes, old, checkpoint.size)
            try:
                status, body = await self._post(AddCheckpoint(old, tuple(proof), signed).encode())
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                return Failed("away", str(error) or type(error).__name__)
            if status != 409:
                return self._answered(status, body, signed, checkpoint)
            known = _size(body)
            if known is None:
                return Failed("refuses", "it answered 409 without a size")
            if known > checkpoint.size:
                return Failed("ahead", f"it cosigned {known} entries, this log has {checkpoint.size}")
            if known == old:
                return Failed("forked", f"it cosigned another root at {known} entries")
            self._size = known
        return Failed("away", "it is asked by another log of this name at the same time")

    async def _post(self, body: bytes) -> tuple[int, bytes]:
        async with self._session.post(
            self._url, data=body, headers={"Content-Type": "text/plain"}, timeout=_TIMEOUT, allow_redirects=False
        ) as answer:
            return answer.status, await answer.content.read(_MAX_ANSWER_BYTES)

    def _answered(self, status: int, body: bytes, signed: bytes, checkpoint: Checkpoint) -> Cosigned | Failed:
        if status == 422:
            return Failed("forked", f"the {self._size} entries that it cosigned do not continue to {checkpoint.size}")
        if status >= 500:
            return Failed("away", f"it answered HTTP {status}")
        if status != 200:
            return Failed("refuses", f"it answered HTTP {status}")
        signature = self._signature(body, Note.parse(signed).text)
        if signature is None:
            return Failed("refuses", "its answer holds no cosignature that its key verifies")
        self._size = checkpoint.size
        return Cosigned(signature)

    def _signature(self, body: bytes, text: str) -> Signature | None:
        key = self.witness.key
        for line in body.decode("utf-8", "replace").splitlines():
            try:
                signature = Signature.parse(line)
            except NoteError:
                continue
            if (signature.name, signature.key_id) == (key.name, key.id) and key.verifies(text, signature.value):
                return signature
        return None


def _size(body: bytes) -> int | None:
    text = body.decode("ascii", "replace").strip()
    return int(text) if text.isdecimal() and len(text) <= _MAX_SIZE_BYTES else None
