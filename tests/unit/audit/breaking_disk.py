"""A disk in memory that crashes, tears writes, loses what was not synced, or refuses, at any operation.

A write is torn in its middle, or at the byte `torn_at`.

It refuses as a full disk does; `refusal` may be another error number, as EROFS of a store that went read-only.
"""

import errno
import os
import random
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime

from services.audit.tlog.disk import Disk
from services.audit.tlog.storage import Held


class CrashError(Exception):
    """The machine stopped here. No OSError: nobody may handle it."""


class BreakingDisk(Disk):
    """What programs see (`seen`) and what a loss of power leaves for certain (`kept`) are held apart."""

    def __init__(
        self, files: dict[str, bytes] | None = None, crash_at: int = 0, full_at: int = 0, torn_at: int | None = None
    ) -> None:
        self.seen = dict(files or {})
        self.kept = dict(files or {})
        self.synced = set(self.seen)
        self.operations = 0
        self.reads: list[str] = []
        self.writes: list[str] = []
        self._crash_at = crash_at
        self._torn_at = torn_at
        self.full_at = full_at
        self.refusal = errno.ENOSPC

    def rebooted(self, mode: str, crash_at: int = 0) -> "BreakingDisk":
        """The disk after a crash.

        `killed` keeps all that programs saw, `power` only what was durable; anything else is the seed of a
        choice between the two, or half of it, for each file.
        """
        if mode == "killed":
            return BreakingDisk(self.seen, crash_at)
        if mode == "power":
            return BreakingDisk(self.kept, crash_at)
        choice = random.Random(mode)
        files: dict[str, bytes] = {}
        for path in sorted(self.seen.keys() | self.kept.keys()):
            seen, kept = self.seen.get(path), self.kept.get(path)
            torn = seen if seen is None or path in self.synced else seen[: len(seen) // 2]
            survivor = choice.choice([seen, kept, torn])
            if survivor is not None:
                files[path] = survivor
        return BreakingDisk(files, crash_at)

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        if path not in self.seen:
            raise FileNotFoundError(path)
        return self.seen[path]

    def about(self, path: str) -> Held:
        if path not in self.seen:
            raise FileNotFoundError(path)
        return Held(len(self.seen[path]), datetime(2026, 11, 30, tzinfo=UTC))

    def alone(self, role: str) -> AbstractContextManager[None]:
        return nullcontext()

    def write(self, path: str, data: bytes) -> None:
        self.writes.append(path)
        self.synced.discard(path)
        self.seen[path] = data[: len(data) // 2 if self._torn_at is None else self._torn_at]
        self._step()
        self.seen[path] = data

    def sync(self, path: str) -> None:
        self._step()
        self.synced.add(path)
        if path in self.kept:
            self.kept[path] = self.seen[path]

    def make_directory(self, path: str) -> None:
        self._step()

    def sync_directory(self, path: str) -> None:
        self._step()
        inside = {each for each in self.seen.keys() | self.kept.keys() if _directory(each) == path}
        for each in inside:
            if each in self.seen:
                whole = self.seen[each]
                self.kept[each] = whole if each in self.synced else whole[: len(whole) // 2]
            else:
                del self.kept[each]

    def rename(self, old: str, new: str) -> None:
        self._step()
        self.seen[new] = self.seen.pop(old)
        (self.synced.add if old in self.synced else self.synced.discard)(new)
        self.synced.discard(old)

    def remove_tree(self, path: str) -> None:
        if not any(each.startswith(path + "/") for each in self.seen):
            return
        self._step()
        for each in [each for each in self.seen if each.startswith(path + "/")]:
            del self.seen[each]

    def _step(self) -> None:
        self.operations += 1
        if self.operations == self._crash_at:
            raise CrashError
        if self.full_at and self.operations >= self.full_at:
            raise OSError(self.refusal, os.strerror(self.refusal))


def _directory(path: str) -> str:
    return path.rpartition("/")[0] or "."
