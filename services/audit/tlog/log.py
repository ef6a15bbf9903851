"""The append-only log in its storage: one appender, entries in batches, one committing replacement.

A batch is written as entry bundles and tiles (see tiles), durably, and committed by replacing the state file
(see state). What lies beyond the committed size was never stated to anybody: it is written anew before it is
ever committed. Full tiles are never rewritten; the partial ones that a full tile replaces go after the
commit. Opening and appending read the right edge only. There is no clock in here: how often a checkpoint is
signed is the caller's policy.

    with open_log(Path("log"), signer) as log:
        log.append(entries, marks={"outbox/consent": 41}, offsets={"outbox/consent": 42}, sign=True)
        log.checkpoint

After a StoreError the log takes nothing more. Open it again: what it then states is the truth, and the caller
goes on from its marks and offsets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from services.audit.tlog import state as state_file
from services.audit.tlog import tiles
from services.audit.tlog.checkpoint import Checkpoint
from services.audit.tlog.disk import LocalDisk
from services.audit.tlog.merkle import leaf_hash
from services.audit.tlog.note import SignerKey
from services.audit.tlog.state import State
from services.audit.tlog.storage import Storage
from services.audit.tlog.stored import StoredLog, load_state
from services.audit.tlog.tiles import ENTRIES, MAX_ENTRY_BYTES, WIDTH, Edge

_MOST_DISPLACED: Final = 100
"""So many numbers of a source are kept: enough to look into it, and the state file stays small whoever sends more."""


class StoreError(OSError):
    """The store did not take a write; what the log holds is known again when it is opened again."""


class LogError(ValueError):
    """What was asked contradicts what the log holds."""


class Log:
    """The appender of a log. Make it with `open_log`, which holds the lock.

    Raises StateError or LogError if what is on disk does not fit together.
    """

    def __init__(self, storage: Storage, signer: SignerKey) -> None:
        self._storage = storage
        self._signer = signer
        self._failed = False
        self._state = load_state(storage) or State(signer.verifier())
        if self._state.key != signer.verifier():
            raise LogError(f"this log is of {self._state.key.encode()}, not of {signer.verifier().encode()}")
        self._edge, self._tail = _right_edge(StoredLog(storage, self._state), self._state)
        self._sweep()

    @property
    def state(self) -> State:
        """What is committed: size, root, marks, offsets and the last signed checkpoint."""
        return self._state

    @property
    def size(self) -> int:
        """The number of entries."""
        return self._state.size

    @property
    def root(self) -> bytes:
        """The root of the tree, 32 bytes."""
        return self._state.root

    @property
    def checkpoint(self) -> bytes | None:
        """The last signed checkpoint; it may be of a smaller size. None before the first."""
        return self._state.checkpoint

    def reader(self) -> StoredLog:
        """What is committed now, to be read while the log goes on."""
        return StoredLog(self._storage, self._state)

    def append(
        self,
        entries: Sequence[bytes],
        marks: Mapping[str, int] | None = None,
        offsets: Mapping[str, int] | None = None,
        sign: bool = False,
        *,
        lost: Mapping[str, tuple[int, int]] | None = None,
        displaced: Mapping[str, Collection[int]] | None = None,
        tagged: Collection[str] = (),
    ) -> range:
        """Append the entries, at once and durably, and give their indices.

        `marks` and `offsets` replace those of the same name; a mark never falls. With `sign` the new size is
        signed in the same commit. `lost` adds a range of places, its end excluded, that a source can bring no more;
        `displaced` the numbers of a source that came again with another entry, `tagged` the outboxes of which no
        untagged entry is taken any more.
        Raises LogError, with nothing written, or StoreError (see the module).
        """
        self._check(entries, marks or {})
        edge, fresh = self._edge.extend(b"".join(map(leaf_hash, entries)))
        state = replace(
            self._state,
            size=edge.size,
            root=edge.root(),
            previous=self._state.size,
            marks={**self._state.marks, **(marks or {})},
            offsets={**self._state.offsets, **(offsets or {})},
            lost=_with(self._state.lost, lost or {}),
            displaced=_with_numbers(self._state.displaced, displaced or {}),
            tagged=tuple(sorted({*self._state.tagged, *tagged})),
        )
        bundles, tail = self._bundles(entries)
        files = {**bundles, **{tile.path: tile.data for tile in fresh}}
        appended = range(self._state.size, edge.size)
        self._commit(self._signed(state) if sign else state, files)
        self._edge, self._tail = edge, tail
        self._sweep()
        return appended

    def sign(self) -> bytes:
        """Sign what the log holds now, commit that and give the checkpoint, a signed note."""
        if self._state.checkpoint is None or self._stated_size() != self.size:
            self._commit(self._signed(self._state), {})
        return self._state.checkpoint or b""

    def require(self, quorum: bool) -> None:
        """Commit whether outsiders are shown only what the quorum of witnesses has cosigned."""
        if quorum != self._state.quorum:
            self._commit(replace(self._state, quorum=quorum), {})

    def _stated_size(self) -> int:
        signed = self._state.signed()
        return -1 if signed is None else signed.size

    def _signed(self, state: State) -> State:
        stated = Checkpoint(self._signer.name, state.size, state.root)
        return replace(state, checkpoint=stated.sign(self._signer))

    def _check(self, entries: Sequence[bytes], marks: Mapping[str, int]) -> None:
        for position, entry in enumerate(entries):
            if not 0 < len(entry) <= MAX_ENTRY_BYTES:
                raise LogError(
                    f"entry {position} of the batch has {len(entry)} bytes, 1 to {MAX_ENTRY_BYTES} are right"
                )
        for source, place in marks.items():
            if place < (known := self._state.marks.get(source, place)):
                raise LogError(f"the mark of {source} would fall from {known} to {place}")

    def _bundles(self, entries: Sequence[bytes]) -> tuple[dict[str, bytes], bytes]:
        """The bundles that the entries fill or widen, by path, and the partial one that stays at the end."""
        files: dict[str, bytes] = {}
        index, width = divmod(self._state.size, WIDTH)
        tail, at = self._tail, 0
        while at < len(entries):
            taken = entries[at : at + WIDTH - width]
            tail, at, width = tail + tiles.pack(taken), at + len(taken), width + len(taken)
            files[tiles.path(ENTRIES, index, width)] = tail
            if width == WIDTH:
                index, width, tail = index + 1, 0, b""
        return files, tail

    def _commit(self, state: State, files: Mapping[str, bytes]) -> None:
        """Make the files durable, then the state that counts them. Raises StoreError or SupersededError."""
        if self._failed:
            raise StoreError("an earlier write failed; open the log again before appending")
        self._failed = True
        try:
            self._storage.keep(files)
            self._storage.replace(state_file.PATH, state.encode())
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError(
                error.errno,
                f"the log could not be written ({reason}); the {self.size} entries before are safe: "
                "make room or make the store writable, then open the log again",
            ) from error
        self._failed = False
        self._state = state

    def _sweep(self) -> None:
        """Remove the partial tiles that the last append has replaced by full ones."""
        try:
            for level, index in tiles.completed(self._state.previous, self.size):
                self._storage.remove_tree(tiles.directory(level, index) + ".p")
                if level == 0:
                    self._storage.remove_tree(tiles.directory(ENTRIES, index) + ".p")
        except OSError as error:
            self._failed = True
            raise StoreError(
                error.errno,
                f"a partial tile that is no longer needed could not be removed ({error}); "
                f"all {self.size} entries are safe: mend the store, then open the log again",
            ) from error


def _with(
    known: Mapping[str, tuple[tuple[int, int], ...]], lost: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[tuple[int, int], ...]]:
    return {**known, **{source: (*known.get(source, ()), span) for source, span in lost.items()}}


def _with_numbers(
    known: Mapping[str, tuple[int, ...]], displaced: Mapping[str, Collection[int]]
) -> dict[str, tuple[int, ...]]:
    return {
        **known,
        **{
            source: tuple(sorted({*known.get(source, ()), *numbers})[:_MOST_DISPLACED])
            for source, numbers in displaced.items()
        },
    }


def _right_edge(stored: StoredLog, state: State) -> tuple[Edge, bytes]:
    """The edge and the partial bundle of a stored log, held against each other and against the root."""
    try:
        edge = Edge.read(state.size, stored.tile)
        index, width = divmod(state.size, WIDTH)
        tail = stored.bundle(index, width) if width else b""
    except OSError as error:
        raise LogError(f"the right edge of the log cannot be read: {error}") from error
    if edge.root() != state.root:
        raise LogError(f"the tiles of the log do not give the root of its {state.size} entries; run `audit fsck`")
    leaves = b"".join(map(leaf_hash, tiles.unpack(tail, width)))
    if edge.partial and leaves != edge.partial[0]:
        raise LogError(f"the last {width} entries do not fit their tile; run `audit fsck`")
    return edge, tail


@contextmanager
def open_log(directory: Path, signer: SignerKey) -> Iterator[Log]:
    """The log in this directory, new if there is none, with its lock held inside the block.

    The signer's name is the log's origin. Raises LockedError, StateError, LogError or OSError.
    """
    disk = LocalDisk(directory)
    with disk.alone("appender"):
        yield Log(disk, signer)
