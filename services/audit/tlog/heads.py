"""What a log states about itself, before its tree is held against it: checkpoints, and who signed them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.audit.tlog.checkpoint import CheckpointError, open_checkpoint
from services.audit.tlog.note import Note, VerifierKey
from services.audit.tlog.stored import WITNESSED, StoredLog
from services.audit.witness.cosignature import cosigned_at
from services.audit.witness.policy import NO_POLICY, Policy


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong: where, and what."""

    place: str
    message: str


class BrokenError(Exception):
    """Ends the walk with a finding."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(place, message)
        self.finding = Finding(place, message)


@dataclass(frozen=True, slots=True)
class Head:
    """A root that is stated somewhere for a size."""

    place: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """A checkpoint whose signatures hold: what it states, who signed, and how many signatures are of unknown keys."""

    head: Head
    signed_by: tuple[str, ...]
    witnessed: tuple[tuple[str, int], ...]
    unknown: int


def stored_checkpoints(stored: StoredLog, log: VerifierKey, policy: Policy) -> list[Opened]:
    """The checkpoints that lie in the log's directory: the signed one and the witnessed one."""
    opened: list[Opened] = []
    if stored.state.checkpoint is not None:
        opened.append(opened_checkpoint("state.json", stored.checkpoint, log, NO_POLICY))
    if stored.witnessed() is not None or policy.quorum is not None:
        opened.append(opened_checkpoint(WITNESSED, lambda: stored.witnessed() or b"", log, policy))
        if opened[-1].head.size > stored.state.size:
            size = opened[-1].head.size
            raise BrokenError("state.json", f"it holds {stored.state.size} entries, but {size} were witnessed")
    return opened


def opened_checkpoint(place: str, read: Callable[[], bytes], log: VerifierKey, policy: Policy) -> Opened:
    """The checkpoint that `read` gives, held against the log's key and the policy; BrokenError names the place."""
    try:
        data = read()
        checkpoint = open_checkpoint(data, log, policy.keys)
    except FileNotFoundError as error:
        raise BrokenError(place, "it is missing") from error
    except CheckpointError as error:
        raise BrokenError(place, str(error)) from error
    note = Note.parse(data)
    signed = note.verified_by((log, *policy.keys))
    if not policy.satisfied_by(signed):
        raise BrokenError(
            place, f"the quorum of witnesses is not there; lacking: {', '.join(policy.missing(signed))}"
        )
    witnesses = {(key.name, key.id) for key in policy.keys}
    witnessed = [line for line in note.signatures if (line.name, line.key_id) in witnesses]
    return Opened(
        head=Head(place, checkpoint.size, checkpoint.root),
        signed_by=tuple(key.name for key in signed),
        witnessed=tuple((line.name, cosigned_at(line)) for line in witnessed),
        unknown=len(note.signatures) - len(signed),
    )
