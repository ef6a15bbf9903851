"""Whether ids repeat, for any number of them in bounded memory.

The ids are dealt by their first byte to 256 buckets that spill to temporary files; each bucket is then looked
at alone. Ten million ids need about 20 MB of memory.
"""

from __future__ import annotations

import struct
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from types import TracebackType

_RECORD = struct.Struct(">16sQ")
_SPOOL_BYTES = 32 * 1024


class UniqueIds:
    """Collects ids of 128 bits with their index in the log; use as a context manager."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._buckets = [self._stack.enter_context(_bucket()) for _ in range(256)]

    def __enter__(self) -> UniqueIds:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add(self, identity: bytes, index: int) -> None:
        """Note that the entry at `index` has this id of 16 bytes."""
        self._buckets[identity[0]].write(_RECORD.pack(identity, index))

    def first_repeated(self) -> tuple[int, int] | None:
        """The first entry whose id an earlier one has, and that earlier one; None if all ids differ."""
        repeated = [pair for bucket in self._buckets if (pair := _first_repeated(_read(bucket)))]
        return min(repeated, default=None)


def _bucket() -> SpooledTemporaryFile[bytes]:
    return SpooledTemporaryFile(max_size=_SPOOL_BYTES)


def _read(bucket: SpooledTemporaryFile[bytes]) -> bytes:
    bucket.seek(0)
    return bucket.read()


def _first_repeated(records: bytes) -> tuple[int, int] | None:
    seen: dict[bytes, int] = {}
    for identity, index in _RECORD.iter_unpack(records):
        if identity in seen:
            return index, seen[identity]
        seen[identity] = index
    return None
