"""The file system as the log needs it: a port of a few durable operations, and the local disk behind it.

Paths are relative, with slashes. A write is durable once `sync` has returned for the file and
`sync_directory` for its directory; a `rename` once `sync_directory` has. A test puts a disk that breaks at
any of these in its place.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Protocol


class Disk(Protocol):
    """What the log asks of a file system. Each operation may raise OSError."""

    def read(self, path: str) -> bytes:
        """The whole file; FileNotFoundError if there is none."""

    def write(self, path: str, data: bytes) -> None:
        """Create or overwrite the file, not yet durable."""

    def sync(self, path: str) -> None:
        """Make the file's content durable."""

    def make_directory(self, path: str) -> None:
        """Create the directory and those above it where they are missing, durably."""

    def sync_directory(self, path: str) -> None:
        """Make the names in the directory durable."""

    def rename(self, old: str, new: str) -> None:
        """Put the old file in the place of the new one, in one step."""

    def remove_tree(self, path: str) -> None:
        """Remove a directory with all that is in it, if it is there."""


def replace_file(disk: Disk, path: str, data: bytes) -> None:
    """Put the whole content in the place of the file in one durable step; its directory exists."""
    fresh = path + ".new"
    disk.write(fresh, data)
    disk.sync(fresh)
    disk.rename(fresh, path)
    disk.sync_directory(path.rpartition("/")[0] or ".")


class LocalDisk:
    """A directory of this machine's file system."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        descriptor = os.open(self.root / path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)

    def sync(self, path: str) -> None:
        _sync(self.root / path, os.O_RDONLY)

    def make_directory(self, path: str) -> None:
        directory = self.root / path
        missing = [each for each in (directory, *directory.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(exist_ok=True)
            _sync(each.parent, os.O_RDONLY | os.O_DIRECTORY)

    def sync_directory(self, path: str) -> None:
        _sync(self.root / path, os.O_RDONLY | os.O_DIRECTORY)

    def rename(self, old: str, new: str) -> None:
        (self.root / old).replace(self.root / new)

    def remove_tree(self, path: str) -> None:
        try:
            shutil.rmtree(self.root / path)
        except FileNotFoundError:
            return


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
