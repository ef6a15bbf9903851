"""The one small file that says what the log holds; to rename it is to commit.

JSON: the log's verifier key and the ones before it (`former`); size and root; the size before the last append (its
partial tiles may still lie about); for each source the last place taken (`marks`); for each input whatever number the
reader goes on from (`offsets`), the ranges that were gone before they were read (`lost`), and the numbers of an
outbox that came again with another entry (`displaced`); the outboxes of which no untagged entry is taken any more
(`tagged`); whether outsiders are shown only what a quorum of witnesses
has cosigned (`quorum`); the last signed checkpoint, which may be of a smaller size. A sum over the rest shows a
changed file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from services.audit.tlog.checkpoint import Checkpoint, open_checkpoint
from services.audit.tlog.merkle import EMPTY_ROOT, HASH_BYTES
from services.audit.tlog.note import VerifierKey

PATH = "state.json"
_VERSION = 1


class StateError(ValueError):
    """The state file is damaged or of another kind."""


@dataclass(frozen=True, slots=True)
class State:
    """What is committed: see the module."""

    key: VerifierKey
    size: int = 0
    root: bytes = EMPTY_ROOT
    previous: int = 0
    marks: Mapping[str, int] = field(default_factory=dict)
    offsets: Mapping[str, int] = field(default_factory=dict)
    checkpoint: bytes | None = None
    lost: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    former: tuple[VerifierKey, ...] = ()
    displaced: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    quorum: bool = False
    tagged: tuple[str, ...] = ()

    def encode(self) -> bytes:
        """The file's content."""
        body: dict[str, Any] = {
            "v": _VERSION,
            "key": self.key.encode(),
            "size": self.size,
            "root": self.root.hex(),
            "previous": self.previous,
            "marks": dict(self.marks),
            "offsets": dict(self.offsets),
            "lost": dict(self.lost),
            "displaced": dict(self.displaced),
            "quorum": self.quorum,
            "tagged": list(self.tagged),
            "former": [key.encode() for key in self.former],
            "checkpoint": None if self.checkpoint is None else self.checkpoint.decode(),
        }
        return _dump({**body, "sum": _sum(body)})

    @classmethod
    def parse(cls, data: bytes) -> State:
        """The state of a file's content; StateError if it is not exactly what `encode` wrote."""
        try:
            body = json.loads(data)
            stated = body.pop("sum")
            if body["v"] != _VERSION:
                raise StateError(f"{PATH} has version {body['v']}, this software reads {_VERSION}")
            if stated != _sum(body):
                raise StateError(f"{PATH} is damaged: its sum does not fit its content")
            state = cls._of(body)
        except StateError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StateError(f"{PATH} is damaged: {error}") from error
        return state

    @classmethod
    def _of(cls, body: dict[str, Any]) -> State:
        note: str | None = body["checkpoint"]
        state = cls(
            key=VerifierKey.parse(body["key"]),
            size=int(body["size"]),
            root=bytes.fromhex(body["root"]),
            previous=int(body["previous"]),
            marks={str(name): int(place) for name, place in body["marks"].items()},
            offsets={str(name): int(offset) for name, offset in body["offsets"].items()},
            lost={str(name): tuple(map(_span, spans)) for name, spans in body.get("lost", {}).items()},
            displaced={str(name): tuple(map(int, numbers)) for name, numbers in body.get("displaced", {}).items()},
            quorum=body.get("quorum", False) is True,
            tagged=tuple(map(str, body.get("tagged", []))),
            former=tuple(map(VerifierKey.parse, body.get("former", []))),
            checkpoint=None if note is None else note.encode(),
        )
        if not 0 <= state.previous <= state.size or len(state.root) != HASH_BYTES:
            raise StateError(f"{PATH} is damaged: size, previous size and root do not fit together")
        if (signed := state.signed()) and signed.size > state.size:
            raise StateError(f"{PATH} holds {state.size} entries, but a checkpoint of {signed.size} is signed")
        return state

    def signed(self) -> Checkpoint | None:
        """The last signed checkpoint, its signature verified; CheckpointError if it does not hold."""
        return None if self.checkpoint is None else open_checkpoint(self.checkpoint, self.key)


def _span(span: list[Any]) -> tuple[int, int]:
    start, end = span
    return int(start), int(end)


def _dump(body: dict[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, ensure_ascii=False, indent=1).encode()


def _sum(body: dict[str, Any]) -> str:
    return sha256(_dump(body)).hexdigest()
