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
from services.audit.tlog.merkle import EMPTY_ROOT, ProofError, verify_consistency
from services.audit.tlog.note import Note, NoteError, Signature, VerifierKey
from services.audit.tlog.storage import Storage
from services.audit.witness.add_checkpoint import AddCheckpoint, RequestError
from services.audit.witness.cosignature import WitnessSigner, cosigned_at

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
        self, storage: Storage, signer: WitnessSigner, logs: Iterable[VerifierKey], clock: Callable[[], float]
    ) -> None:
        self._storage = storage
        self._signer = signer
        self._logs = frozenset(logs)
        self._clock = clock
        self._one_at_a_time = Lock()
        self._heads = _read(storage)

    def head(self, origin: str) -> Checkpoint | None:
        """The last checkpoint cosigned for this log."""
        note = self._heads.get(origin)
        return None if note is None else Checkpoint.parse(Note.parse(note.encode()).text)

    def shown(self, origin_hash: str) -> bytes | None:
        """The last checkpoint cosigned for the log with this SHA-256 of its origin in hex, with our cosignature."""
        for origin, kept in self._heads.items():
            if sha256(origin.encode()).hexdigest() == origin_hash and self._cosignature(origin) is not None:
                return kept.encode()
        return None

    def add_checkpoint(self, body: bytes) -> bytes:
        """The cosignature line for this request, after what it states is durable. Raises Refused or OSError.

        Of two checkpoints of a log the larger never states the earlier time, whatever the clock does.
        """
        try:
            request = AddCheckpoint.parse(body)
        except RequestError as error:
            raise Refused(400, str(error)) from error
        note, checkpoint = self._opened(request)
        with self._one_at_a_time:
            self._check_continues(request, checkpoint)
            before = self._cosignature(checkpoint.origin)
            at = max(int(self._clock()), 0 if before is None else cosigned_at(before))
            line = self._signer.cosign(note.text, at)
            self._remember(checkpoint.origin, Note(note.text, (*note.signatures, line)))
        return line.encode().encode()

    def _opened(self, request: AddCheckpoint) -> tuple[Note, Checkpoint]:
        """The note and what it states, with those signatures that a key of the log that it names has made."""
        try:
            note = Note.parse(request.checkpoint)
            checkpoint = Checkpoint.parse(note.text)
        except (NoteError, CheckpointError) as error:
            raise Refused(400, str(error)) from error
        keys = [key for key in self._logs if key.name == checkpoint.origin]
        if not keys:
            raise Refused(404, f"this witness does not know a log {checkpoint.origin!r}")
        try:
            signed = {(key.name, key.id) for key in note.verified_by(keys)}
        except NoteError as error:
            raise Refused(403, str(error)) from error
        lines = tuple(line for line in note.signatures if (line.name, line.key_id) in signed)
        return Note(note.text, lines), checkpoint

    def _cosignature(self, origin: str) -> Signature | None:
        """Our cosignature under the last checkpoint of this log."""
        kept, ours = self._heads.get(origin), self._signer.verifier()
        lines = () if kept is None else Note.parse(kept.encode()).signatures
        return next((line for line in lines if (line.name, line.key_id) == (ours.name, ours.id)), None)

    def _check_continues(self, request: AddCheckpoint, checkpoint: Checkpoint) -> None:
        if request.old > checkpoint.size:
            raise Refused(400, f"the old size {request.old} is larger than the checkpoint's, {checkpoint.size}")
        head = self.head(checkpoint.origin)
        known = head.size if head else 0
        if request.old != known:
            raise Refused(409, f"the last checkpoint cosigned here is of {known} entries", known)
        root = head.root if head and known else EMPTY_ROOT
        try:
            if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
                raise ProofError("an empty tree has another root")
            verify_consistency(known, checkpoint.size, request.proof, root, checkpoint.root)
        except ProofError as error:
            self._keep_evidence(request)
            raise Refused(422, str(error)) from error

    def _remember(self, origin: str, note: Note) -> None:
        heads = {**self._heads, origin: note.encode().decode()}
        body = {"v": _VERSION, "heads": heads}
        self._storage.replace(HEADS, _dump({**body, "sum": _sum(body)}))
        self._heads = heads

    def _keep_evidence(self, request: AddCheckpoint) -> None:
        """Keep the refused checkpoint beside the last one: a log that signed both has shown two histories.

        A proof may be wrong for other reasons, so this is for a person to judge. One file for each refused root.
        """
        name = sha256(Note.parse(request.checkpoint).text.encode()).hexdigest()[:16]
        self._storage.replace(f"refused/{name}", request.checkpoint)


def _read(storage: Storage) -> dict[str, str]:
    try:
        body = json.loads(storage.read(HEADS))
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
