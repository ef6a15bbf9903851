"""A database that is there and takes nothing now: it is full, was made read-only, or its disk fails.

Somebody has to make room, and then the same work is done as if nothing had been. So it is waited for. A lost
connection is not: another instance may hold the database by then.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

_SQLITE: Final = {
    sqlite3.SQLITE_FULL: "it is full, or its disk is",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_IOERR: "its disk fails",
}
"""By the primary code of an error, the low byte of an extended one (SQLite, "Result and Error Codes")."""
_POSTGRESQL: Final = {"53100": "its disk is full", "25006": "it is read-only", "58030": "its disk fails"}
"""By SQLSTATE (PostgreSQL manual, appendix A)."""
_PAUSE_SECONDS: Final = (0.1, 0.5, 1.0, 5.0)
Given = TypeVar("Given")
log = structlog.get_logger(__name__)


class DatabaseUnavailable(OSError):
    """The database took nothing; nothing of the transaction was kept. Says why."""


def why_unavailable(error: DBAPIError | sqlite3.Error) -> str | None:
    """What is wrong with the database; None where the error says something else."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF)
    return _POSTGRESQL.get(str(getattr(cause, "sqlstate", "")))


async def patiently(work: Callable[[], Awaitable[Given]]) -> Given:
    """What `work` gives. It is begun again as long as the database takes nothing, so it must bear repetition."""
    attempt = 0
    while True:
        try:
            return await work()
        except DatabaseUnavailable as error:
            pause = _PAUSE_SECONDS[min(attempt, len(_PAUSE_SECONDS) - 1)]
            log.error("paused", reason=str(error), seconds=pause)
            await asyncio.sleep(pause)
            attempt += 1
