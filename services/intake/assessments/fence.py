"""The erased: their rows are emptied, their drafts deleted, and whatever comes late for them is not stored."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.topics import KEYS_REVOKED
from services.intake.assessments.marks import Marks
from services.intake.assessments.upsert import upsert
from services.intake.invitations.call_again import forget_told
from services.intake.results.numbering import number
from services.intake.tables import assessments, deliveries, drafts, fence

_CHUNK = 500
_EMPTIED = (
    *("alias", "mac", "reason", "ended_at", "result", "detail", "hand_in", "leaf", "reference", "trail"),
    *("scored_partition", "scored_offset", "supersedes", "superseded_by", "oversight", "decision"),
)


class Fence:
    """Who was erased."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._marks = Marks(database)

    async def erase(self, aliases: Sequence[str], next_offset: int | None = None) -> dict[str, dict[str, int]]:
        """Empty the rows of these aliases, delete their drafts and what was told of them, and fence them for ever.

        Gives the rows emptied or deleted in all, by alias and table.

        `next_offset` is kept with it: where to go on in `keys.revoked`.
        """
        emptied: dict[str, dict[str, int]] = {}
        async with self._database.write() as connection:
            for alias in aliases:
                emptied[alias] = await self._erase(connection, alias)
            if next_offset is not None:
                await self._marks.keep_in({KEYS_REVOKED.name: next_offset}, connection)
        if aliases:
            await self._database.wipe_traces()
        return emptied

    async def expire(self, alias: str, ids: Sequence[str]) -> None:
        """Empty these of the person's rows, and no others; whoever got them is told that they are gone."""
        async with self._database.write() as connection:
            await _empty(connection, assessments.c.alias == alias, assessments.c.id.in_(ids))
        await self._database.wipe_traces()

    async def _erase(self, connection: AsyncConnection, alias: str) -> dict[str, int]:
        before = (await connection.execute(select(fence).where(fence.c.alias == alias))).one_or_none()
        emptied, told = await _empty(connection, assessments.c.alias == alias)
        unfinished = await connection.execute(delete(drafts).where(drafts.c.alias == alias))
        total = {"assessments": emptied, "drafts": unfinished.rowcount, "deliveries": told}
        if before is not None:
            total = {name: count + before._mapping[name] for name, count in total.items()}
        await connection.execute(upsert(self._database, fence, {"alias": alias, **total}))
        return total


async def alive(connection: AsyncConnection, rows: Sequence[Any]) -> list[Any]:
    """Those whose alias is not fenced."""
    fenced: set[str] = set()
    aliases = list({row.alias for row in rows})
    for start in range(0, len(aliases), _CHUNK):
        wanted = fence.c.alias.in_(aliases[start : start + _CHUNK])
        fenced.update(await connection.scalars(select(fence.c.alias).where(wanted)))
    return [row for row in rows if row.alias not in fenced]


async def _empty(connection: AsyncConnection, *which: ColumnElement[bool]) -> tuple[int, int]:
    """Empty rows, and give them new numbers; how many there were, and how many deliveries of them are deleted."""
    emptied = await connection.execute(
        update(assessments)
        .where(*which)
        .values(state="gone", gone_at=written(now()), **dict.fromkeys(_EMPTIED))
        .returning(assessments.c.id, assessments.c.tenant)
    )
    gone, told = [(row.tenant, row.id) for row in emptied], 0
    for start in range(0, len(gone), _CHUNK):
        ids = [assessment for _, assessment in gone[start : start + _CHUNK]]
        told += (await connection.execute(delete(deliveries).where(deliveries.c.assessment.in_(ids)))).rowcount
        await forget_told(connection, ids)
    await number(connection, gone)
    return len(gone), told
