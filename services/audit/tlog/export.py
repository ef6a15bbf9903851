"""A log as static files for any outside tool: `checkpoint`, `tile/...` and `vkey` (C2SP tlog-tiles)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.audit.tlog import tiles
from services.audit.tlog.checkpoint import Checkpoint, open_checkpoint
from services.audit.tlog.disk import LocalDisk
from services.audit.tlog.state import State
from services.audit.tlog.stored import StoredLog
from services.audit.tlog.tiles import ENTRIES, TILE_BYTES, WIDTH


class ExportError(ValueError):
    """The log cannot be written there."""


def export(stored: StoredLog, directory: Path) -> Checkpoint:
    """Write the log as it stands at its published checkpoint, the checkpoint last, and give that.

    A directory that holds an older export of the same log is brought up to date: full tiles and bundles that are
    there are not written again, each other file is put in place in one step. Raises ExportError if there is no
    checkpoint or the directory holds another log, OSError if it cannot be written.
    """
    if stored.state.checkpoint is None:
        raise ExportError("this log has not signed a checkpoint yet; there is nothing to export")
    published = stored.published()
    checkpoint = open_checkpoint(published, stored.state.key)
    out = LocalDisk(directory)
    _claim(out, stored.state)
    for level, index, width in tiles.all_tiles(checkpoint.size):
        _bring(out, tiles.path(level, index, width), width, _tile_of(stored, level, index, width))
        if level == 0:
            _bring(out, tiles.path(ENTRIES, index, width), width, _bundle_of(stored, index, width))
    out.replace("checkpoint", published)
    return checkpoint


@dataclass(frozen=True, slots=True)
class _File:
    """What the log holds of a file: its size in bytes, where it is full, and its content."""

    size: Callable[[], int]
    content: Callable[[], bytes]


def _tile_of(stored: StoredLog, level: int, index: int, width: int) -> _File:
    return _File(lambda: TILE_BYTES, lambda: stored.tile(level, index, width))


def _bundle_of(stored: StoredLog, index: int, width: int) -> _File:
    return _File(lambda: stored.bundle_size(index), lambda: stored.bundle(index, width))


def _bring(out: LocalDisk, path: str, width: int, file: _File) -> None:
    """Write a file unless it is there: a full one never changes, and is only ever there whole."""
    if width == WIDTH:
        try:
            if out.about(path).size == file.size():
                return
        except FileNotFoundError:
            pass
    out.replace(path, file.content())
    if width == WIDTH:
        out.remove_tree(f"{path}.p")  # a reader of an older checkpoint cuts the full one


def _claim(out: LocalDisk, state: State) -> None:
    """Mark the directory as this log's; ExportError if it is another's."""
    mark = out.root / "vkey"
    vkey = state.key.encode()
    known = {vkey, *(key.encode() for key in state.former)}
    if mark.exists() and mark.read_text().strip() not in known:
        raise ExportError(f"{out.root} holds an export of another log ({mark.read_text().strip()})")
    if not mark.exists() and out.root.exists() and any(out.root.iterdir()):
        raise ExportError(f"{out.root} is not empty and holds no export of this log; choose another")
    out.replace("vkey", f"{vkey}\n".encode())
