"""Who was erased, and who is under a legal hold, remembered where no backup reaches: a file beside the secrets.

Databases and the broker may all be restored from one backup, and then none of them knows of an erasure that came
after it. An alias is 128 random bits to which nothing leads once its person is erased. An erasure has two lines:
`?alias`, durable before its transaction commits, and `alias` after that. Where the second is missing nobody can tell
from the file whether it was carried out; a hold that stands then comes first. `+alias` says that a hold was set,
`-alias` that the last one was lifted; of two lines the later holds. Each line is appended, whatever the
length of the file; what is superfluous is left out at a start. Keep the file out of backups: an older copy of it
would forget.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.crypto.root_key import sync_directory

_ALIAS_CHARACTERS = 32
_BEGUN, _HELD, _LIFTED = "?", "+", "-"


class JournalNotWritten(Exception):
    """The file cannot be written; nobody is erased without it. Says where and why."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """Who was erased, of whom only that it was begun is known, and who is held."""

    erased: frozenset[str] = frozenset()
    begun: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()


class ErasedJournal:
    """The file at `path`; without one nothing outlives the process. What writes may raise JournalNotWritten."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def remembered(self) -> Remembered:
        """What the file says. A line that a crash cut off is no alias."""
        if self._path is None or not self._path.exists():
            return Remembered()
        lines = self._path.read_text("ascii").split("\n")
        erased = frozenset(line for line in lines if len(line) == _ALIAS_CHARACTERS)
        last: dict[str, str] = {}
        begun: set[str] = set()
        for line in lines:
            if len(line) == _ALIAS_CHARACTERS + 1:
                said, alias = line[0], line[1:]
                if said == _BEGUN:
                    begun.add(alias)
                else:
                    last[alias] = said
        held = {alias for alias, said in last.items() if said == _HELD}
        return Remembered(erased, frozenset(begun) - erased, frozenset(held) - erased)

    def begin(self, alias: str) -> None:
        """Remember, durably when this returns, that this person is about to be erased."""
        self._append(f"\n{_BEGUN}{alias}", durable=True)

    def carried_out(self, alias: str) -> None:
        """Remember that it was done. Lost with the machine's power, what was begun is left."""
        self._append(f"\n{alias}", durable=False)

    def hold(self, alias: str) -> None:
        """Remember, durably when this returns, that this person is held."""
        self._append(f"\n{_HELD}{alias}", durable=True)

    def let_go(self, alias: str) -> None:
        """Remember that this person is held no more."""
        self._append(f"\n{_LIFTED}{alias}", durable=False)

    def keep(self, said: Remembered) -> None:
        """Let the file say this and no more, at once or not at all."""
        lines = [
            *sorted(said.erased),
            *(f"{_BEGUN}{alias}" for alias in sorted(said.begun)),
            *(f"{_HELD}{alias}" for alias in sorted(said.held)),
        ]
        whole = "".join(f"\n{line}" for line in lines).encode()
        if self._path is None or (not lines and not self._path.exists()):
            return
        if self._path.exists() and self._path.read_bytes() == whole:
            return
        fresh = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        with _written(self._path):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                _write(fresh, whole, durable=True)
                fresh.replace(self._path)
            finally:
                fresh.unlink(missing_ok=True)
            sync_directory(self._path.parent)

    def _append(self, lines: str, *, durable: bool) -> None:
        if self._path is None:
            return
        with _written(self._path):
            new = not self._path.exists()
            if new:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self._path, lines.encode(), durable=durable)
            if new:
                sync_directory(self._path.parent)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JournalNotWritten(f"{path}: {error.strerror}; its directory must be writable for consent") from error


def _write(path: Path, lines: bytes, *, durable: bool) -> None:
    """Append. What a crash cut off ends as a line of its own, because each line begins with its line feed."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        left = memoryview(lines)
        while left:
            left = left[os.write(descriptor, left) :]
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
