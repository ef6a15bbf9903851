"""The feed of an organisation: what has ended for its people and what it has to take notice of, in the order in which
it was stored.

Event stream, webhooks and the Kafka topic read it whole, the list of results its ends alone. Its numbers are those of
`numbering`.
"""

from dataclasses import dataclass
from heapq import merge
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.engine import Database
from services.intake.assessments.rows import Row, row_of
from services.intake.results.notice import KeptNotice, notice_of
from services.intake.tables import assessments, feeds, notices

STATES = ("scored", "refused", "failed", "gone")
Told = Row | KeptNotice


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` until before `until`; of the feed what stands after one number, up to another.

    When an erased assessment had ended is not kept: it is of every period between its hand-in and its erasure.
    """

    since: str
    until: str
    after: int
    upto: int

    def of(self, table: Table) -> ColumnElement[bool]:
        """What of a table came within it."""
        if table is notices:
            return self._within(notices.c.issued_at)
        went = or_(assessments.c.gone_at.is_(None), assessments.c.gone_at >= self.since)
        gone = and_(assessments.c.state == "gone", assessments.c.submitted_at < self.until, went)
        return or_(self._within(assessments.c.ended_at), gone)

    def _within(self, moment: Column[str]) -> ColumnElement[bool]:
        return and_(moment >= self.since, moment < self.until)


class Feed:
    """The feeds of all organisations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ends(self, tenant: str, after: int, most: int, state: str | None = None) -> list[Row]:
        """What ended after that number, the oldest first, at most so many."""
        query = select(assessments).where(*_after(assessments, tenant, after))
        if state is not None:
            query = query.where(assessments.c.state == state)
        async with self._database.read() as connection:
            rows = await connection.execute(_first(query, assessments, most))
            return [row_of(row._mapping) for row in rows]

    async def after(self, tenant: str, after: int, most: int) -> list[Told]:
        """What ended or was announced after that number, the oldest first, at most so many."""
        async with self._database.read() as connection:
            ends = await connection.execute(
                _first(select(assessments).where(*_after(assessments, tenant, after)), assessments, most)
            )
            announced = await connection.execute(
                _first(select(notices).where(*_after(notices, tenant, after)), notices, most)
            )
        told: list[Told] = [row_of(row._mapping) for row in ends]
        told += [notice_of(row._mapping) for row in announced]
        return sorted(told, key=attrgetter("sequence"))[:most]

    async def at(self, tenant: str, sequence: int) -> Told | None:
        """What stands at that number; None where it has taken a later one."""
        found = await self.after(tenant, sequence - 1, 1)
        return found[0] if found and found[0].sequence == sequence else None

    async def last(self, tenant: str) -> int:
        """The number of the newest; 0 where there is none."""
        async with self._database.read() as connection:
            return int(await connection.scalar(select(feeds.c.last).where(feeds.c.tenant == tenant)) or 0)


async def places(connection: AsyncConnection, tenant: str, after: int, most: int) -> list[tuple[int, str]]:
    """Number and id of what stands after that number, within the caller's transaction."""
    found = [
        (await connection.execute(_first(_places(table).where(*_after(table, tenant, after)), table, most))).all()
        for table in (assessments, notices)
    ]
    return [(row.sequence, row.id) for row in merge(*found, key=attrgetter("sequence"))][:most]


async def places_of(connection: AsyncConnection, tenant: str, period: Period, most: int) -> list[tuple[int, str]]:
    """Number and id of what ended, was erased or was announced within a period, the first of it, at most so many."""
    found = []
    for table in (assessments, notices):
        which = *_after(table, tenant, period.after), table.c.sequence <= period.upto, period.of(table)
        found.append((await connection.execute(_first(_places(table).where(*which), table, most))).all())
    return [(row.sequence, row.id) for row in merge(*found, key=attrgetter("sequence"))][:most]


def _places(table: Table) -> Select[Any]:
    return select(table.c.sequence, table.c.id)


def _after(table: Table, tenant: str, sequence: int) -> tuple[Any, Any]:
    return table.c.tenant == tenant, table.c.sequence > sequence


def _first(query: Select[Any], table: Table, most: int) -> Select[Any]:
    return query.order_by(table.c.sequence).limit(most)
