"""A service's own database: SQLite in one file, or PostgreSQL. One transaction a time writes on SQLite; readers
never wait for it (WAL).

`exclusive` services refuse a second instance: by an OS lock beside the SQLite file, by an advisory lock on
PostgreSQL.
"""

import asyncio
import fcntl
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Final

from prometheus_client import Counter
from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from infra.db.sqlite_connection import connect
from infra.db.trouble import DatabaseUnavailable, why_unavailable

REFUSALS = Counter(
    "careerpulse_database_refusals_total", "Transactions that a full or read-only database did not take"
)

_DRIVERS: Final = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_READERS = 8
_BUSY_TIMEOUT_MS = 5_000
_PRAGMAS = (
    f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
)
_WIPE_ATTEMPTS = 200
_WIPE_PAUSE_SECONDS = 0.02
_REMEMBERED_SECONDS = 30.0


class DatabaseInUse(Exception):
    """Another instance of this service holds the database."""


class TracesRemain(Exception):
    """Deleted bytes could not be wiped from the write-ahead log, because readers kept it open."""


class Database:
    """Use as an async context manager. `url` is `sqlite:///path` or `postgresql://user@host/name`."""

    def __init__(self, url: str, service: str, *, exclusive: bool = True) -> None:
        self.url = _with_driver(make_url(url))
        self.service = service
        self._exclusive = exclusive
        self._lock_file: int | None = None
        self._lock_session: AsyncConnection | None = None
        self._one_writer = asyncio.Lock()
        self._trouble = ""
        self._trouble_at = float("-inf")
        self._writer: AsyncEngine
        self._reader: AsyncEngine

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of this machine."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def trouble(self) -> str | None:
        """Why the database took nothing within the last half minute; None where it takes what comes."""
        return self._trouble if time.monotonic() - self._trouble_at < _REMEMBERED_SECONDS else None

    async def __aenter__(self) -> "Database":
        if self.is_sqlite:
            self._open_sqlite()
        else:
            self._writer = self._reader = create_async_engine(
                self.url, pool_size=_READERS, pool_pre_ping=True, hide_parameters=True
            )
            await self._lock_postgresql()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock_session is not None:
            await self._lock_session.close()
        await self._reader.dispose()
        await self._writer.dispose()
        if self._lock_file is not None:
            os.close(self._lock_file)

    @asynccontextmanager
    async def write(self, within: AsyncConnection | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at the end. Where the service is exclusive, and on SQLite, no other writes.

        Given the connection of one that is under way, it is a part of that one, which commits or fails as a whole.
        Raises DatabaseUnavailable where it is full or read-only.
        """
        if within is not None:
            yield within
            return
        async with self._one_writer if self._exclusive else nullcontext():
            with self._judged():
                async with self._writer.begin() as connection:
                    yield connection
            self._trouble_at = float("-inf")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads."""
        with self._judged():
            async with self._reader.begin() as connection:
                yield connection

    async def still_ours(self) -> None:
        """Raise where the session that holds the advisory lock is lost: another instance may hold it by now."""
        if self._lock_session is not None:
            await self._lock_session.execute(text("SELECT 1"))

    async def wipe_traces(self) -> None:
        """After a deletion: empty SQLite's write-ahead log, so that the deleted bytes are in no file.

        A reader that is open keeps the checkpoint busy, and it then leaves the bytes there without an error; it is
        therefore repeated until it says that it was not. Raises TracesRemain. Does nothing on PostgreSQL, where a
        wrapped key in the WAL, or in the free places of a table's file, dies with its epoch.
        """
        if not self.is_sqlite:
            return
        for _ in range(_WIPE_ATTEMPTS):
            with self._judged():
                if await self._checkpoint_was_complete():
                    return
            await asyncio.sleep(_WIPE_PAUSE_SECONDS)
        raise TracesRemain(f"readers kept the write-ahead log of {self.url.database} open")

    @contextmanager
    def _judged(self) -> Iterator[None]:
        """Turn the errors of a database that takes nothing into one that says so."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            reason = why_unavailable(error)
            if reason is None:
                raise
            REFUSALS.inc()
            self._trouble = f"the database of {self.service} takes nothing: {reason}"
            self._trouble_at = time.monotonic()
            raise DatabaseUnavailable(self._trouble) from error

    async def _checkpoint_was_complete(self) -> bool:
        async with self._writer.connect() as connection:
            raw = await connection.get_raw_connection()  # no checkpoint can be taken within a transaction
            cursor = await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
            busy, _, _ = await cursor.fetchone()
            await cursor.close()
        return bool(busy == 0)

    def _open_sqlite(self) -> None:
        if not self.url.database:
            raise ValueError("an SQLite database needs a file: sqlite:///path/to/file.db")
        path = Path(self.url.database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # the -wal and -shm files take its mode
        if self._exclusive:
            self._lock_file = _locked(path.with_name(path.name + ".lock"), self.service)
        self._writer = _sqlite_engine(self.url, "BEGIN IMMEDIATE", connections=1)
        self._reader = _sqlite_engine(self.url, "BEGIN", connections=_READERS)

    async def _lock_postgresql(self) -> None:
        if not self._exclusive:
            return
        session = await self._writer.connect()
        session = await session.execution_options(isolation_level="AUTOCOMMIT")
        number = int.from_bytes(sha256(f"careerpulse/{self.service}".encode()).digest()[:8], "big", signed=True)
        if not await session.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}):
            await session.close()
            await self._writer.dispose()
            raise DatabaseInUse(_in_use(self.service, f"{self.url.host}/{self.url.database}"))
        self._lock_session = session


def _with_driver(url: URL) -> URL:
    name = url.drivername.partition("+")[0]
    if name not in _DRIVERS:
        raise ValueError(f"DATABASE_URL begins with {name}://; known are sqlite:// and postgresql://")
    return url.set(drivername=_DRIVERS[name])


def _sqlite_engine(url: URL, begin: str, connections: int) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=60,
        hide_parameters=True,
        connect_args={"async_creator_fn": partial(connect, begin=begin, pragmas=_PRAGMAS)},
    )


def _locked(path: Path, service: str) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise DatabaseInUse(_in_use(service, str(path.with_suffix("")))) from error
    return descriptor


def _in_use(service: str, where: str) -> str:
    return f"another {service} is running on {where}; stop it first, or give this one a database of its own"
