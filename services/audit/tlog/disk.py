"""A directory as a log's storage, made of the few durable operations of a file system.

A write is durable once `sync` has returned for the file and `sync_directory` for its directory; a `rename` once
`sync_directory` has. A test puts a disk that breaks at any of these in the place of the local one.
"""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from services.audit.tlog.lock import one_process
from services.audit.tlog.storage import Held


class Disk(ABC):
    """A storage over a file system. Each operation may raise OSError."""

    @abstractmethod
    def read(self, path: str) -> bytes:
        """The whole file; FileNotFoundError if there is none."""

    @abstractmethod
    def about(self, path: str) -> Held:
        """Its size and its time; FileNotFoundError if there is none."""

    @abstractmethod
    def write(self, path: str, data: bytes) -> None:
        """Create or overwrite the file, not yet durable."""

    @abstractmethod
    def sync(self, path: str) -> None:
        """Make the file's content durable."""

    @abstractmethod
    def make_directory(self, path: str) -> None:
        """Create the directory and those above it where they are missing, durably."""

    @abstractmethod
    def sync_directory(self, path: str) -> None:
        """Make the names in the directory durable."""

    @abstractmethod
    def rename(self, old: str, new: str) -> None:
        """Put the old file in the place of the new one, in one step."""

    @abstractmethod
    def remove_tree(self, path: str) -> None:
        """Remove a directory with all that is in it, if it is there."""

    @abstractmethod
    def alone(self, role: str) -> AbstractContextManager[None]:
        """Hold the directory inside the block; LockedError where another process does."""

    def keep(self, files: Mapping[str, bytes]) -> None:
        """Put these files, all of them durable when it returns."""
        directories = dict.fromkeys(path.rpartition("/")[0] for path in files)
        for directory in directories:
            self.make_directory(directory)
        for path, data in files.items():
            self.write(path, data)
        for path in files:
            self.sync(path)
        for directory in directories:
            self.sync_directory(directory)

    def replace(self, path: str, data: bytes) -> None:
        """Put the whole content in the place of the file in one durable step."""
        directory, fresh = path.rpartition("/")[0] or ".", path + ".new"
        self.make_directory(directory)
        self.write(fresh, data)
        self.sync(fresh)
        self.rename(fresh, path)
        self.sync_directory(directory)


class LocalDisk(Disk):
    """A directory of this machine's file system."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def about(self, path: str) -> Held:
        found = (self.root / path).stat()
        return Held(found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

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

    def alone(self, role: str) -> AbstractContextManager[None]:
        self.make_directory(".")
        return one_process(self.root, role)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
