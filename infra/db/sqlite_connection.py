"""An aiosqlite connection that may be stopped while it closes."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite


class SqliteConnection(aiosqlite.Connection):
    """One thread, whose end every stop awaits.

    aiosqlite answers the first stop only. SQLAlchemy stops a connection whose closing was cancelled, and the closing,
    which ends with a stop of its own, would then wait for ever, and the event loop with it.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection], iter_chunk_size: int = 64) -> None:
        super().__init__(connector, iter_chunk_size)
        self._thread.daemon = True
        self._stopped: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread after what was asked of it before. None where no event loop runs."""
        if self._stopped is None:
            self._stopped = super().stop()
        return self._stopped and asyncio.shield(self._stopped)


def connect(database: str, **arguments: Any) -> SqliteConnection:
    """A connection to `database`, opened when awaited. `arguments` are those of `sqlite3.connect`."""
    return SqliteConnection(lambda: sqlite3.connect(database, **arguments))
