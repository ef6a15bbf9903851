"""A log as static files for any outside tool: `checkpoint`, `tile/...` and `vkey` (C2SP tlog-tiles)."""

from __future__ import annotations

from pathlib import Path

from services.audit.tlog import tiles
from services.audit.tlog.checkpoint import Checkpoint, open_checkpoint
from services.audit.tlog.state import State
from services.audit.tlog.stored import StoredLog
from services.audit.tlog.tiles import ENTRIES


class ExportError(ValueError):
    """The log cannot be written there."""


def export(stored: StoredLog, directory: Path) -> Checkpoint:
    """Write the log as it stands at its published checkpoint, the checkpoint last, and give that.

    A directory that holds an older export of the same log is brought up to date; what is there of a full tile
    stays. Raises ExportError if there is no checkpoint or the directory holds another log, OSError if it
    cannot be written.
    """
    if stored.state.checkpoint is None:
        raise ExportError("this log has not signed a checkpoint yet; there is nothing to export")
    published = stored.published()
    checkpoint = open_checkpoint(published, stored.state.key)
    _claim(directory, stored.state)
    for level, index, width in tiles.all_tiles(checkpoint.size):
        _write(directory / tiles.path(level, index, width), stored.tile(level, index, width))
        if level == 0:
            _write(directory / tiles.path(ENTRIES, index, width), stored.bundle(index, width))
    _write(directory / "checkpoint", published)
    return checkpoint


def _claim(directory: Path, state: State) -> None:
    """Mark the directory as this log's; ExportError if it is another's."""
    mark = directory / "vkey"
    vkey = state.key.encode()
    known = {vkey, *(key.encode() for key in state.former)}
    if mark.exists() and mark.read_text().strip() not in known:
        raise ExportError(f"{directory} holds an export of another log ({mark.read_text().strip()})")
    if not mark.exists() and directory.exists() and any(directory.iterdir()):
        raise ExportError(f"{directory} is not empty and holds no export of this log; choose another")
    _write(mark, f"{vkey}\n".encode())


def _write(path: Path, data: bytes) -> None:
    """Put the whole file in place in one step, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(data)
    fresh.replace(path)
