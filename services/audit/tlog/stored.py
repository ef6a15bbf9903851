"""What a log's own storage holds at one committed state; needs no lock and may run beside the appender."""

from __future__ import annotations

from pathlib import Path

from services.audit.tlog import state as state_file
from services.audit.tlog import tiles
from services.audit.tlog.merkle import HASH_BYTES
from services.audit.tlog.places import storage_at
from services.audit.tlog.sources import Files
from services.audit.tlog.state import State
from services.audit.tlog.storage import Storage

WITNESSED_DIRECTORY = "witnessed"
WITNESSED = f"{WITNESSED_DIRECTORY}/checkpoint"
"""Beside the state and no part of it: cosignatures come when they come, and no append waits for them."""


class StoredLog:
    """A source (see sources) over the log's storage: nothing beyond `state.size` can be read from it."""

    def __init__(self, storage: Storage, state: State) -> None:
        self.state = state
        self._storage = storage
        self._files = Files(lambda path, _: storage.read(path))

    def checkpoint(self) -> bytes:
        """The last signed checkpoint; FileNotFoundError if none was signed yet."""
        if self.state.checkpoint is None:
            raise FileNotFoundError("this log has not signed a checkpoint yet")
        return self.state.checkpoint

    def witnessed(self) -> bytes | None:
        """The last checkpoint with its cosignatures, which may be of a smaller size; None where there is none."""
        try:
            return self._storage.read(WITNESSED)
        except FileNotFoundError:
            return None

    def published(self) -> bytes:
        """What outsiders are shown: the witnessed checkpoint, or the last signed one where no quorum is required.

        FileNotFoundError where there is none.
        """
        witnessed = self.witnessed()
        if witnessed is None and self.state.quorum:
            raise FileNotFoundError("no checkpoint of this log has the quorum of its witnesses yet")
        return witnessed or self.checkpoint()

    def vkey(self) -> str:
        """The log's verifier key."""
        return self.state.key.encode()

    def tile(self, level: int, index: int, width: int) -> bytes:
        """The first `width` hashes of a tile; FileNotFoundError if the log does not hold as many."""
        held = self._held(level, index, width)
        data = self._files.tile(level, index, held)
        return data if width == held else data[: width * HASH_BYTES]

    def bundle(self, index: int, width: int) -> bytes:
        """The first `width` entries of a bundle, as a bundle; FileNotFoundError if there are not as many."""
        held = self._held(0, index, width)
        data = self._files.bundle(index, held)
        return data if width == held else tiles.pack(tiles.unpack(data, held)[:width])

    def bundle_size(self, index: int) -> int:
        """The bytes of a full bundle, without reading it; FileNotFoundError if the log does not hold it."""
        self._held(0, index, tiles.WIDTH)
        return self._storage.about(tiles.path(tiles.ENTRIES, index)).size

    def entry(self, index: int) -> bytes:
        """One entry; FileNotFoundError if the log does not hold it."""
        bundle, position = divmod(index, tiles.WIDTH)
        return tiles.unpack(self.bundle(bundle, position + 1), position + 1)[position]

    def nodes(self) -> tiles.TileNodes:
        """The tree, as merkle's proofs read it."""
        return tiles.TileNodes(self.state.size, self.tile)

    def _held(self, level: int, index: int, width: int) -> int:
        held = tiles.width_at(self.state.size, level, index)
        if not 0 < width <= held:
            raise FileNotFoundError(
                f"a log of {self.state.size} entries has no tile {index} of width {width} on level {level}"
            )
        return held


def load_state(storage: Storage) -> State | None:
    """The committed state; None where there is no log yet. Raises StateError if it is damaged."""
    try:
        return State.parse(storage.read(state_file.PATH))
    except FileNotFoundError:
        return None


def stored_log(place: str | Path) -> StoredLog:
    """The log at this place as it is committed now; FileNotFoundError if there is none."""
    storage = storage_at(place)
    state = load_state(storage)
    if state is None:
        raise no_log(place)
    return StoredLog(storage, state)


def no_log(place: str | Path) -> FileNotFoundError:
    """Says that no log lies at this place."""
    return FileNotFoundError(f"there is no log in {place} ({state_file.PATH} is missing)")
