"""What intake keeps of each assessment: its state, and its result as it was sealed.

The first record of an event counts, whatever comes again. Nothing is stored for the erased.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.engine import Database
from schemas.rights import HeldDelivery
from services.intake.assessments.ends import keep_ends
from services.intake.assessments.fence import alive
from services.intake.assessments.marks import Marks
from services.intake.assessments.rows import Accepted, Ended, Row, Superseded, row_of
from services.intake.assessments.upsert import inserting
from services.intake.results.numbering import number
from services.intake.tables import assessments, deliveries

_CHUNK = 500
_BEGINNING = ("mac", "submitted_at", "hand_in", "reference", "supersedes")


class Store:
    """Assessments by id."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._marks = Marks(database)

    async def accept(self, accepted: Sequence[Accepted], read: Mapping[str, int] | None = None) -> None:
        """Keep what is new of these, and of one whose end came first what only its beginning tells.

        With it is kept where to go on in the topics that they came from.
        """
        async with self._database.write() as connection:
            living = await alive(connection, accepted)
            await self._begin(connection, [_new(one) for one in living])
            await self._marks.keep_in(read or {}, connection)

    async def end(self, ended: Sequence[Ended]) -> None:
        """Keep the ends. An assessment that has ended stays as it is."""
        async with self._database.write() as connection:
            living = await alive(connection, ended)
            await self._begin(connection, [_unseen(one) for one in living])
            await number(connection, await keep_ends(connection, living))

    async def supersede(self, ids: Sequence[str]) -> list[Superseded]:
        """Mark what those of these assessments supersede that are scored by now; gives the same when asked again."""
        found: list[Superseded] = []
        async with self._database.write() as connection:
            for start in range(0, len(ids), _CHUNK):
                wanted = assessments.c.id.in_(ids[start : start + _CHUNK]), assessments.c.supersedes.is_not(None)
                query = select(assessments).where(*wanted, assessments.c.state == "scored")
                found += [_superseded(row._mapping) for row in await connection.execute(query)]
            for one in found:
                earlier = assessments.c.id == one.id, assessments.c.alias == one.alias
                await connection.execute(
                    update(assessments)
                    .where(*earlier, assessments.c.superseded_by.is_(None))
                    .values(superseded_by=one.by)
                )
        return found

    async def get(self, assessment: str) -> Row | None:
        """One assessment."""
        return (await self.find([assessment])).get(assessment)

    async def find(self, ids: Sequence[str]) -> dict[str, Row]:
        """Those of these assessments that are known."""
        found: dict[str, Row] = {}
        async with self._database.read() as connection:
            for start in range(0, len(ids), _CHUNK):
                wanted = assessments.c.id.in_(ids[start : start + _CHUNK])
                for row in await connection.execute(select(assessments).where(wanted)):
                    found[row.id] = row_of(row._mapping)
        return found

    async def newest_of(self, alias: str, most: int | None = None) -> list[Row]:
        """A person's assessments, the newest first, at most so many; without a number all."""
        newest = (
            select(assessments)
            .where(assessments.c.alias == alias)
            .order_by(assessments.c.submitted_at.desc(), assessments.c.id.desc())
            .limit(most)
        )
        async with self._database.read() as connection:
            return [row_of(row._mapping) for row in await connection.execute(newest)]

    async def delivered_of(self, alias: str) -> list[HeldDelivery]:
        """What the organisation was told of a person's decisions, the oldest first."""
        query = select(deliveries).where(deliveries.c.alias == alias).order_by(deliveries.c.at, deliveries.c.entry_id)
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return [HeldDelivery(row.assessment, row.entry_id, row.what, row.at) for row in rows]

    async def unfinished(self) -> int:
        """How many assessments have no end yet."""
        async with self._database.read() as connection:
            counted = await connection.scalar(
                select(func.count()).select_from(assessments).where(assessments.c.state == "accepted")
            )
        return int(counted or 0)

    async def oldest_unfinished(self) -> str | None:
        """When the oldest assessment without an end was handed in."""
        async with self._database.read() as connection:
            oldest: str | None = await connection.scalar(
                select(func.min(assessments.c.submitted_at)).where(assessments.c.state == "accepted")
            )
        return oldest

    async def _begin(self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            new = inserting(self._database, assessments)
            told = {name: new.excluded[name] for name in _BEGINNING}
            same = assessments.c.mac.is_(None) & (assessments.c.alias == new.excluded.alias)
            await connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=told, where=same), rows)


def _new(one: Accepted) -> dict[str, Any]:
    return {
        "id": one.id,
        "tenant": one.tenant,
        "alias": one.alias,
        "state": "accepted",
        "mac": one.mac,
        "submitted_at": one.submitted_at,
        "hand_in": one.hand_in,
        "reference": one.reference,
        "supersedes": one.supersedes,
    }


def _unseen(one: Ended) -> dict[str, Any]:
    """The row of an assessment whose end is read before its beginning."""
    return {
        "id": one.id,
        "tenant": one.tenant,
        "alias": one.alias,
        "state": "accepted",
        "mac": None,
        "submitted_at": one.ended_at,
        "hand_in": None,
        "reference": None,
        "supersedes": None,
    }


def _superseded(row: Mapping[Any, Any]) -> Superseded:
    return Superseded(row["tenant"], row["alias"], row["supersedes"], row["id"], row["submitted_at"])
