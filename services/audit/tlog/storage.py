"""Where a log lies, as the log sees it: a directory (see disk) or a bucket of objects (see objects).

Paths are relative, with slashes. What returns is durable.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Held:
    """A file or object that is there: its size in bytes, and when it was written."""

    size: int
    modified: datetime


class SupersededError(RuntimeError):
    """Another process has written here meanwhile: whoever finds that out must not go on."""


class Storage(Protocol):
    """The port. Each operation may raise OSError; then nobody knows whether it was done."""

    def read(self, path: str) -> bytes:
        """The whole content; FileNotFoundError if there is none."""

    def about(self, path: str) -> Held:
        """Size and time of what is there; FileNotFoundError if there is none."""

    def keep(self, files: Mapping[str, bytes]) -> None:
        """Put these contents by path. What is there with another content was never counted, and gives way."""

    def replace(self, path: str, data: bytes) -> None:
        """Put the whole content in the place of what is there, in one step. May raise SupersededError."""

    def remove_tree(self, path: str) -> None:
        """Remove all that lies below the path, if anything does."""

    def alone(self, role: str) -> AbstractContextManager[None]:
        """Be the only one in this role inside the block; LockedError where somebody else is."""
