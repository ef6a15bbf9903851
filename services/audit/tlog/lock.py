"""One process a directory: one appender a log, one witness a state.

An operating system's lock on a file, held as long as the process lives.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockedError(RuntimeError):
    """Another process works in this directory."""


@contextmanager
def one_process(directory: Path, role: str) -> Iterator[None]:
    """Hold the directory's lock inside the block, as its appender or witness; LockedError at once if another does.

    The system releases it when the process ends, however it ends, so that there is no stale lock to remove.
    """
    path = directory / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise LockedError(
                f"{directory} already has its {role} (process {holder}); there is one at a time: "
                "stop that one first, or give this one another directory"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
