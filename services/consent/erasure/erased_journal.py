"""Who was erased, remembered where no backup reaches: a file beside the secrets, one alias a line.

Databases and the broker may all be restored from one backup, and then none of them knows of an erasure that came
after it. An alias is 128 random bits to which nothing leads once its person is erased. The file is only ever added
to, and is kept out of backups: an older copy of it would forget.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from infra.crypto.root_key import sync_directory

_ALIAS_CHARACTERS = 32


class ErasedJournal:
    """The file at `path`; without one nothing outlives the process."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known = frozenset[str]() if path is None or not path.exists() else _read(path)

    @property
    def aliases(self) -> frozenset[str]:
        """All that were ever added."""
        return self._known

    def add(self, aliases: Iterable[str]) -> None:
        """Add those that are new, durably when this returns. Raises OSError."""
        new = sorted(set(aliases) - self._known)
        if not new:
            return
        if self._path is not None:
            _append(self._path, new)
        self._known |= frozenset(new)


def _append(path: Path, aliases: list[str]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # What a crash cut off ends as a line of its own, which is no alias.
        os.write(descriptor, "".join(f"\n{alias}" for alias in aliases).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_directory(path.parent)


def _read(path: Path) -> frozenset[str]:
    return frozenset(line for line in path.read_text("ascii").split("\n") if len(line) == _ALIAS_CHARACTERS)
