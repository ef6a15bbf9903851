"""A key in a file that is rotated with an overlap: the new one is used, and the one before it still understood.

The former key lies beside it as `<name>.former`. Every process that has the file sees a rotation by another.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

from infra.crypto.root_key import read_secret, secret_made_once

Key = TypeVar("Key")


class Rotated(Generic[Key]):
    """Keys that `read` makes of what the files hold; `fresh` gives the content of a new one."""

    def __init__(self, file: Path, fresh: Callable[[], bytes], read: Callable[[bytes], Key]) -> None:
        self._file = file
        self._former_file = file.with_name(f"{file.name}.former")
        self._fresh = fresh
        self._read = read
        self._keys = self._load()

    @property
    def keys(self) -> tuple[Key, ...]:
        """The present one, and the former one where there is one. Raises RootKeyError."""
        if self._seen != self._state():
            self._keys = self._load()
        return self._keys

    @property
    def present(self) -> Key:
        """The one to use."""
        return self.keys[0]

    @property
    def since(self) -> datetime | None:
        """When the present one took the former one's place; None where it is the first."""
        if not self._former_file.exists():
            return None
        return datetime.fromtimestamp(self._file.stat().st_mtime, UTC)

    def rotate(self) -> Key:
        """Use a new one from now on; the former one is understood until the next rotation. Gives the new one."""
        self._file.replace(self._former_file)
        self._keys = self._load()
        return self.present

    def _load(self) -> tuple[Key, ...]:
        found = [secret_made_once(self._file, self._fresh())]
        if self._former_file.exists():
            found.append(read_secret(self._former_file))
        self._seen = self._state()
        return tuple(map(self._read, found))

    def _state(self) -> tuple[int, int]:
        status = self._file.stat()
        return status.st_ino, status.st_mtime_ns
