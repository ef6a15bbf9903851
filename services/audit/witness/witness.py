"""The witness: cosigns a log's checkpoint only if it continues the last one that it cosigned.

Source: C2SP tlog-witness (https://c2sp.org/tlog-witness). What it has cosigned is durable before the cosignature
leaves: whoever restarts, rolls back or copies a log cannot be given two histories. Two checkpoints that do not fit
together, each with the log's signature, are kept as evidence of a fork.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from hashlib import sha256
from threading import Lock
from typing import Final

from services.audit.tlog.checkpoint import Checkpoint, CheckpointError
from services.audit.tlog.disk import Disk, replace_file
from services.audit.tlog.merkle import ProofError, verify_consistency
from services.audit.tlog.note import Note, NoteError, VerifierKey
from services.audit.witness.add_checkpoint import AddCheckpoint, RequestError
from services.audit.witness.cosignature import WitnessSigner

HEADS: Final = "heads.json"
_VERSION: Final = 1


class WitnessError(ValueError):
    """The witness's own state is damaged, and it must not cosign from it."""


class Refused(Exception):
    """A checkpoint is not cosigned: the HTTP status that tlog-witness gives it, and why.

    With 409, `size` is that of the last checkpoint that was cosigned.
    """

    def __init__(self, status: int, reason: str, size: int | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.size = size


class Witness:
    """Cosigns for these logs; `clock` gives seconds since 1970. May be asked from several threads."""

    def __init__(
        self, disk: Disk, signer: WitnessSigner, logs: Iterable[VerifierKey], clock: Callable[[], float]
    ) -> None:
        self._disk = disk
        self._signer = signer
        self._logs = frozenset(logs)
        self._clock = clock
        self._one_at_a_time = Lock()
        self._heads = _read(disk)

    def head(self, origin: str) -> Checkpoint | None:
        """The last checkpoint cosigned for this log."""
        note = self._heads.get(origin)
        return None if note is None else Checkpoint.parse(Note.parse(note.encode()).text)

    def add_checkpoint(self, body: bytes) -> bytes:
        """The cosignature line for this request, after what it states is durable. Raises Refused or OSError."""
        try:
            request = AddCheckpoint.parse(body)
        except RequestError as error:
            raise Refused(400, str(error)) from error
        note, checkpoint = self._opened(request)
        with self._one_at_a_time:
            self._check_continues(request, checkpoint)
            self._remember(checkpoint.origin, note)
        return self._signer.cosign(note.text, int(self._clock())).encode().encode()

    def _opened(self, request: AddCheckpoint) -> tuple[Note, Checkpoint]:
        """The note and what it states, its signature verified by a key of the log that it names."""
        try:
            note = Note.parse(request.checkpoint)
            checkpoint = Checkpoint.parse(note.text)
        except (NoteError, CheckpointError) as error:
            raise Refused(400, str(error)) from error
        keys = [key for key in self._logs if key.name == checkpoint.origin]
        if not keys:
            raise Refused(404, f"this witness does not know a log {checkpoint.origin!r}")
        try:
            note.verified_by(keys)
        except NoteError as error:
            raise Refused(403, str(error)) from error
        return note, checkpoint

    def _check_continues(self, request: AddCheckpoint, checkpoint: Checkpoint) -> None:
        if request.old > checkpoint.size:
            raise Refused(400, f"the old size {request.old} is larger than the checkpoint's, {checkpoint.size}")
        head = self.head(checkpoint.origin)
        known = head.size if head else 0
        if request.old != known:
            raise Refused(409, f"the last checkpoint cosigned here is of {known} entries", known)
        if head is None or known == 0:
            return
        if checkpoint.size == known and checkpoint.root != head.root:
            self._keep_evidence(request)
            raise Refused(409, f"another root was cosigned at {known} entries", known)
        try:
            verify_consistency(known, checkpoint.size, request.proof, head.root, checkpoint.root)
        except ProofError as error:
            self._keep_evidence(request)
            raise Refused(422, str(error)) from error

    def _remember(self, origin: str, note: Note) -> None:
        heads = {**self._heads, origin: note.encode().decode()}
        body = {"v": _VERSION, "heads": heads}
        replace_file(self._disk, HEADS, _dump({**body, "sum": _sum(body)}))
        self._heads = heads

    def _keep_evidence(self, request: AddCheckpoint) -> None:
        """Keep the refused checkpoint beside the last one: a log that signed both has shown two histories.

        A proof may be wrong for other reasons, so this is for a person to judge. One file for each refused root.
        """
        name = sha256(Note.parse(request.checkpoint).text.encode()).hexdigest()[:16]
        self._disk.make_directory("refused")
        replace_file(self._disk, f"refused/{name}", request.checkpoint)


def _read(disk: Disk) -> dict[str, str]:
    try:
        body = json.loads(disk.read(HEADS))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise WitnessError(f"{HEADS} is damaged: {error}; restore the newest copy, never an older one") from error
    stated = body.pop("sum", None) if isinstance(body, dict) else None
    if stated is None or stated != _sum(body) or body["v"] != _VERSION:
        raise WitnessError(f"{HEADS} is damaged: its sum does not fit; restore the newest copy, never an older one")
    heads: dict[str, str] = body["heads"]
    return heads


def _dump(body: dict[str, object]) -> bytes:
    return json.dumps(body, sort_keys=True, ensure_ascii=False, indent=1).encode()


def _sum(body: dict[str, object]) -> str:
    return sha256(_dump(body)).hexdigest()
