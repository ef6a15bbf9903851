"""Where to go on: in each partition that is read, in `keys.revoked`, and in each feed that is published.

A mark is kept in the transaction of the effect that it stands for: a restored backup is brought up to what was
stored after it.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.engine import Database
from schemas.topics import KEYS_REVOKED
from services.intake.assessments.upsert import upsert
from services.intake.tables import marks


class Marks:
    """Marks by name: a topic, a feed, or `topic/partition`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, name: str) -> int:
        """Where to go on in a feed or topic; 0 at the very first start."""
        async with self._database.read() as connection:
            return int(await connection.scalar(select(marks.c.next_offset).where(marks.c.topic == name)) or 0)

    async def of_revocations(self) -> int:
        """Where to go on in `keys.revoked`."""
        return await self.of(KEYS_REVOKED.name)

    async def kept(self) -> Mapping[str, int]:
        """Where to go on in each partition that was read, by `topic/partition`."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(marks).where(marks.c.topic.contains("/")))
            return {row.topic: row.next_offset for row in rows}

    async def keep(self, offsets: Mapping[str, int]) -> None:
        """Keep where to go on."""
        async with self._database.write() as connection:
            await self.keep_in(offsets, connection)

    async def keep_in(self, offsets: Mapping[str, int], connection: AsyncConnection) -> None:
        """As `keep`, within the caller's transaction."""
        for place, offset in offsets.items():
            await connection.execute(upsert(self._database, marks, {"topic": place, "next_offset": offset}))
