"""The root key as files, the default: `root-key-<epoch>` of 32 random bytes, mode 0600, in one directory."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from infra.crypto.root_key import SECRET_BYTES, RootKeyError, read_secret, sync_directory, write_secret
from infra.crypto.root_keys.epochs import EpochRootKey, as_text, derived, epoch_in, from_text, name_of


class FileRootKey(EpochRootKey):
    """The files of one directory, the end of an epoch in `….end`. A file that others may read is refused."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        super().__init__()

    def epochs(self) -> list[int]:
        """See RootKey."""
        found = (epoch_in(path.name) for path in self._directory.glob("root-key-*"))
        return sorted(epoch for epoch in found if epoch is not None)

    def end_of(self, epoch: int) -> datetime | None:
        """See RootKey."""
        with self._used():
            try:
                return from_text(self._end(epoch).read_text())
            except FileNotFoundError:
                return None

    def _make(self, epoch: int) -> None:
        with self._used():
            write_secret(self._path(epoch), os.urandom(SECRET_BYTES))

    def _derive(self, epoch: int, info: bytes) -> bytes:
        with self._used():
            return derived(read_secret(self._path(epoch)), info, str(self._path(epoch)))

    def _keep_end(self, epoch: int, end: datetime) -> None:
        with self._used():
            write_secret(self._end(epoch), as_text(end).encode())

    def _destroy(self, epoch: int) -> None:
        """The file is overwritten first; what a copying file system or a disk keeps is beyond it."""
        path = self._path(epoch)
        with self._used():
            with path.open("r+b") as file:
                file.write(os.urandom(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            sync_directory(self._directory)

    @contextmanager
    def _used(self) -> Iterator[None]:
        """The file system's errors as ours."""
        try:
            yield
        except OSError as error:
            raise RootKeyError(
                f"{error.filename}: {error.strerror}; the secrets' directory must be writable for the service"
            ) from error

    def _path(self, epoch: int) -> Path:
        return self._directory / name_of(epoch)

    def _end(self, epoch: int) -> Path:
        return self._directory / f"{name_of(epoch)}.end"
