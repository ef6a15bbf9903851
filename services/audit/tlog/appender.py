"""The log as the service runs it: written in a thread of its own, signed at most once a second, mended in place.

One coroutine appends; any may read or wait. Everything that writes to the storage goes through one thread,
and the log is held until that thread has ended.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import structlog

from services.audit.tlog.checkpoint import open_checkpoint
from services.audit.tlog.disk import LocalDisk
from services.audit.tlog.log import Log
from services.audit.tlog.note import SignerKey
from services.audit.tlog.state import PATH, State
from services.audit.tlog.storage import Storage
from services.audit.tlog.stored import WITNESSED, WITNESSED_DIRECTORY, StoredLog

SIGNED_EVERY_SECONDS = 1.0
Given = TypeVar("Given")
log = structlog.get_logger(__name__)


class Appender:
    """The one appender of the log in this directory or storage, as a context manager.

    Raises LockedError where another process appends, StateError, LogError or OSError.
    """

    def __init__(self, place: Path | Storage, signer: SignerKey, clock: Callable[[], float] = time.monotonic) -> None:
        self._signer = signer
        self._storage = LocalDisk(place) if isinstance(place, Path) else place
        self._clock = clock
        self._signed_at = -SIGNED_EVERY_SECONDS
        self._ends = ExitStack()
        self._thread = ThreadPoolExecutor(1, "log")
        self._moved = asyncio.Event()
        self._signed_size = 0
        self._witnessed: bytes | None = None
        self._witnessed_size = 0
        self._log: Log

    def __enter__(self) -> "Appender":
        self._ends.enter_context(self._storage.alone("appender"))
        self._ends.callback(self._thread.shutdown)
        try:
            self._log = Log(self._storage, self._signer)
            if self._log.checkpoint is None:
                self._log.sign()
            self._note()
            self._note_witnessed(self._log.reader().witnessed())
        except BaseException:
            self._ends.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.close()

    @property
    def state(self) -> State:
        """What is committed."""
        return self._log.state

    @property
    def vkey(self) -> str:
        """The log's verifier key."""
        return self._log.state.key.encode()

    def committed_at(self) -> datetime:
        """When the last commit was written, by the storage's clock. Raises OSError."""
        return self._storage.about(PATH).modified

    def reader(self) -> StoredLog:
        """What is committed now, to be read while the log goes on."""
        return self._log.reader()

    @property
    def signed_size(self) -> int:
        """The number of entries under the last signed checkpoint."""
        return self._signed_size

    @property
    def witnessed(self) -> bytes | None:
        """The last checkpoint with its cosignatures; None where there is none."""
        return self._witnessed

    @property
    def published(self) -> bytes | None:
        """What outsiders are shown: the witnessed checkpoint, or else the last signed one.

        None where only a witnessed one may be shown and there is none yet.
        """
        return self._witnessed or (None if self.state.quorum else self._log.reader().checkpoint())

    async def require(self, quorum: bool) -> None:
        """Show outsiders only what the quorum has cosigned, or else what is signed. Raises StoreError."""
        await self._write(lambda: self._log.require(quorum))
        self._committed(False)

    async def publish(self, witnessed: bytes | None) -> None:
        """Show this checkpoint with its cosignatures from now on; None: no longer any. Raises OSError."""
        await self._write(lambda: self._keep(witnessed))
        self._note_witnessed(witnessed)
        self._committed(False)

    async def append(
        self,
        entries: Sequence[bytes],
        marks: Mapping[str, int],
        offsets: Mapping[str, int],
        *,
        lost: Mapping[str, tuple[int, int]] | None = None,
        displaced: Mapping[str, Collection[int]] | None = None,
        tagged: Collection[str] = (),
    ) -> None:
        """Append durably (see `Log.append`), and sign where that is due.

        Raises LogError, or StoreError: then `reopen`.
        """
        sign = self._due()
        await self._write(
            lambda: self._log.append(entries, marks, offsets, sign, lost=lost, displaced=displaced, tagged=tagged)
        )
        self._committed(sign)

    async def sign(self) -> None:
        """Sign what is not signed yet, where that is due. Raises StoreError: then `reopen`."""
        if self._due() and self.signed_size != self.state.size:
            await self._write(self._log.sign)
            self._committed(True)

    async def reopen(self) -> None:
        """After a StoreError: find out what the log holds. Raises OSError as long as the store is not mended."""
        self._log = await self._write(lambda: Log(self._storage, self._signer))
        self._note()
        self._committed(False)

    def moved(self) -> asyncio.Event:
        """Is set with the next commit. Take it before looking at the state."""
        return self._moved

    async def signed(self, index: int) -> None:
        """Wait until a signed checkpoint covers the entry at this index."""
        while self._signed_size <= index:
            await self._moved.wait()

    async def covering(self, index: int, patience: float) -> bytes:
        """A checkpoint over the entry at this index; a witnessed one where that comes within so many seconds."""
        await self.signed(index)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while (self._witnessed or self.state.quorum) and self._witnessed_size <= index:
                    await self._moved.wait()
        covering = self._witnessed if self._witnessed_size > index else None
        return covering or self._log.reader().checkpoint()

    def _keep(self, witnessed: bytes | None) -> None:
        if witnessed is None:
            self._storage.remove_tree(WITNESSED_DIRECTORY)
            return
        self._storage.replace(WITNESSED, witnessed)

    def _note_witnessed(self, note: bytes | None) -> None:
        self._witnessed = note
        self._witnessed_size = 0 if note is None else open_checkpoint(note, self._log.state.key).size

    def _due(self) -> bool:
        return self._clock() - self._signed_at >= SIGNED_EVERY_SECONDS

    def _committed(self, signed: bool) -> None:
        if signed:
            self._signed_at = self._clock()
            self._note()
        self._moved.set()
        self._moved = asyncio.Event()

    def _note(self) -> None:
        """Remember what is signed; to read it from the checkpoint is to verify it."""
        signed = self._log.state.signed()
        self._signed_size = 0 if signed is None else signed.size

    async def _write(self, work: Callable[[], Given]) -> Given:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
