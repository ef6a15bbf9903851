"""The largest checkpoint that was published, remembered in the database: apart from the log's directory.

A directory that is restored from an older copy, or mounted by mistake, then does not go on in silence from where it
stands, which would fork the log.
"""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import func, insert, select, update

from infra.db.engine import Database
from services.audit.tables import heads
from services.audit.tlog.appender import Appender
from services.audit.tlog.heads import Head
from services.audit.tlog.merkle import range_root
from services.audit.tlog.stored import StoredLog


class RolledBackError(RuntimeError):
    """The log holds less than was published of it, or something else; going on would fork it."""


class PublishedHead:
    """Size and root of the newest published checkpoint of the log of a number."""

    def __init__(self, database: Database, number: int = 0) -> None:
        self._database = database
        self._number = number

    async def check(self, log: StoredLog) -> None:
        """Raise RolledBackError unless the log continues what was published of it."""
        head = await self.remembered()
        if head is None:
            return
        if log.state.size < head.size:
            raise RolledBackError(_advice(f"holds {log.state.size} entries, but {head.size} were published"))
        root = await asyncio.to_thread(range_root, log.nodes(), 0, head.size)
        if root != head.root:
            raise RolledBackError(_advice(f"has another root at {head.size} entries than was published"))

    async def remembered(self) -> Head | None:
        """What was published last; None before the first."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(heads).where(heads.c.log == self._number))).first()
        return None if row is None else Head("the database", row.size, bytes(row.root))

    async def follow(self, appender: Appender) -> None:
        """Remember each signed checkpoint, until cancelled."""
        size = -1
        while True:
            await appender.signed(size)
            if (signed := appender.state.signed()) is not None:
                size = signed.size
                await self._keep(signed.size, signed.root)

    async def _keep(self, size: int, root: bytes) -> None:
        row: dict[str, Any] = {"size": size, "root": root}
        async with self._database.write() as connection:
            known = await connection.execute(update(heads).where(heads.c.log == self._number).values(**row))
            if not known.rowcount:
                await connection.execute(insert(heads).values(log=self._number, **row))


async def demand_all(database: Database, count: int) -> None:
    """Raise RolledBackError where a log was published that is not among the first so many."""
    async with database.read() as connection:
        highest = await connection.scalar(select(func.max(heads.c.log)))
    if highest is not None and highest >= count:
        raise RolledBackError(
            f"entries were published in log {highest}, and it is not where it lay: put it back beside log 0 "
            "(docs/operations.md). A log is kept also when it takes no entries any more: what it has read is read"
        )


def _advice(what: str) -> str:
    return (
        f"the log's directory {what}: it was restored from an older copy, or is not this database's. To go on from "
        "here would fork the log. Put the newest copy of the directory in its place, or restore the database and the "
        "directory of one backup together, or begin a new log (docs/operations.md)"
    )
