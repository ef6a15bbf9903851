"""What intake keeps of each assessment: its state, and its result as it was sealed.

The first record of an event counts, whatever comes again. Nothing is stored for the erased.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.engine import Database
from schemas.rights import HeldDelivery
from services.intake.results.numbering import number
from services.intake.tables import assessments, deliveries, drafts, fence, marks

State = Literal["accepted", "scored", "refused", "failed", "gone"]
_CHUNK = 500
_BEGINNING = ("mac", "submitted_at", "hand_in", "reference", "supersedes")
_EMPTIED = (
    *("alias", "mac", "reason", "ended_at", "result", "detail", "hand_in", "leaf", "reference", "trail"),
    *("scored_partition", "scored_offset", "supersedes", "superseded_by"),
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An assessment that the broker has. `hand_in` is kept of people who came by themselves only, `reference` is the
    platform's name for an employee; both are sealed.
    """

    id: str
    tenant: str
    alias: str
    mac: bytes
    submitted_at: str
    hand_in: bytes | None = None
    reference: bytes | None = None
    supersedes: str | None = None


@dataclass(frozen=True, slots=True)
class Superseded:
    """An assessment that a correction has taken the place of; `asked_at` is when the correction was handed in."""

    tenant: str
    alias: str
    id: str
    by: str
    asked_at: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of an assessment. With `scored` only: `result`, `detail`, `trail` (all sealed), `leaf`, its place."""

    id: str
    tenant: str
    alias: str
    state: State
    ended_at: str
    reason: str | None = None
    result: bytes | None = None
    detail: bytes | None = None
    leaf: bytes | None = None
    scored_partition: int | None = None
    scored_offset: int | None = None
    trail: bytes | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One assessment as it is kept. An erasure leaves id, tenant, state and time of the hand-in, and a new number."""

    id: str
    tenant: str
    state: State
    alias: str | None
    mac: bytes | None
    reason: str | None
    submitted_at: str
    ended_at: str | None
    result: bytes | None
    detail: bytes | None
    hand_in: bytes | None = None
    leaf: bytes | None = None
    reference: bytes | None = None
    sequence: int | None = None
    scored_partition: int | None = None
    scored_offset: int | None = None
    trail: bytes | None = None
    supersedes: str | None = None
    superseded_by: str | None = None


class Store:
    """Assessments by id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accept(self, accepted: Sequence[Accepted], read: Mapping[str, int] | None = None) -> None:
        """Keep what is new of these, and of one whose end came first what only its beginning tells.

        With it is kept where to go on in the topics that they came from.
        """
        async with self._database.write() as connection:
            alive = await _alive(connection, accepted)
            await self._begin(connection, [_new(one) for one in alive])
            await self.mark_in(read or {}, connection)

    async def end(self, ended: Sequence[Ended]) -> None:
        """Keep the ends. An assessment that has ended stays as it is."""
        async with self._database.write() as connection:
            alive = await _alive(connection, ended)
            await self._begin(connection, [_unseen(one) for one in alive])
            await number(connection, await _end(connection, alive))

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

    async def erase(self, aliases: Sequence[str], next_offset: int | None = None) -> dict[str, dict[str, int]]:
        """Empty the rows of these aliases, delete their drafts and fence them for ever.

        Gives the rows emptied and the drafts deleted in all, by alias and table.

        `next_offset` is kept with it: where to go on in `keys.revoked`.
        """
        emptied: dict[str, dict[str, int]] = {}
        async with self._database.write() as connection:
            for alias in aliases:
                emptied[alias] = await self._erase(connection, alias)
            if next_offset is not None:
                await self._upsert(connection, marks, {"topic": "keys.revoked", "next_offset": next_offset})
        if aliases:
            await self._database.wipe_traces()
        return emptied

    async def expire(self, alias: str, ids: Sequence[str]) -> None:
        """Empty these of the person's rows, and no others; whoever got them is told that they are gone."""
        async with self._database.write() as connection:
            await _empty(connection, assessments.c.alias == alias, assessments.c.id.in_(ids))
        await self._database.wipe_traces()

    async def revocations_mark(self) -> int:
        """Where to go on in `keys.revoked`; 0 at the very first start."""
        async with self._database.read() as connection:
            mark = await connection.scalar(select(marks.c.next_offset).where(marks.c.topic == "keys.revoked"))
        return int(mark or 0)

    async def mark(self, name: str) -> int:
        """Where to go on in a feed or topic; 0 at the very first start."""
        async with self._database.read() as connection:
            return int(await connection.scalar(select(marks.c.next_offset).where(marks.c.topic == name)) or 0)

    async def kept(self) -> Mapping[str, int]:
        """Where to go on in each partition that was read, by `topic/partition`."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(marks).where(marks.c.topic.contains("/")))
            return {row.topic: row.next_offset for row in rows}

    async def keep(self, offsets: Mapping[str, int]) -> None:
        """Keep where to go on: a restored backup is then brought up to what was stored after it."""
        async with self._database.write() as connection:
            await self.mark_in(offsets, connection)

    async def mark_in(self, offsets: Mapping[str, int], connection: AsyncConnection) -> None:
        """As `keep`, within the caller's transaction."""
        for place, offset in offsets.items():
            await self._upsert(connection, marks, {"topic": place, "next_offset": offset})

    async def _erase(self, connection: AsyncConnection, alias: str) -> dict[str, int]:
        counted = select(fence.c.assessments, fence.c.drafts).where(fence.c.alias == alias)
        before = (await connection.execute(counted)).one_or_none() or (0, 0)
        emptied = await _empty(connection, assessments.c.alias == alias)
        unfinished = await connection.execute(delete(drafts).where(drafts.c.alias == alias))
        total = {"assessments": before[0] + emptied, "drafts": before[1] + unfinished.rowcount}
        await self._upsert(connection, fence, {"alias": alias, **total})
        return total

    async def _begin(self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            new = self._dialect_insert(assessments)
            told = {name: new.excluded[name] for name in _BEGINNING}
            same = assessments.c.mac.is_(None) & (assessments.c.alias == new.excluded.alias)
            await connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=told, where=same), rows)

    async def _upsert(self, connection: AsyncConnection, table: Any, row: dict[str, Any]) -> None:
        key, *others = row
        statement = self._dialect_insert(table).values(**row)
        await connection.execute(
            statement.on_conflict_do_update(index_elements=[key], set_={name: row[name] for name in others})
        )

    def _dialect_insert(self, table: Any) -> Any:
        return sqlite.insert(table) if self._database.is_sqlite else postgresql.insert(table)


async def _empty(connection: AsyncConnection, *which: ColumnElement[bool]) -> int:
    """Empty rows, and give them new numbers; how many there were."""
    emptied = await connection.execute(
        update(assessments)
        .where(*which)
        .values(state="gone", **dict.fromkeys(_EMPTIED))
        .returning(assessments.c.id, assessments.c.tenant)
    )
    gone = [(row.tenant, row.id) for row in emptied]
    for start in range(0, len(gone), _CHUNK):
        ids = [assessment for _, assessment in gone[start : start + _CHUNK]]
        await connection.execute(delete(deliveries).where(deliveries.c.assessment.in_(ids)))
    await number(connection, gone)
    return len(gone)


async def _alive(connection: AsyncConnection, rows: Sequence[Any]) -> list[Any]:
    """Those whose alias is not fenced."""
    fenced: set[str] = set()
    aliases = list({row.alias for row in rows})
    for start in range(0, len(aliases), _CHUNK):
        wanted = fence.c.alias.in_(aliases[start : start + _CHUNK])
        fenced.update(await connection.scalars(select(fence.c.alias).where(wanted)))
    return [row for row in rows if row.alias not in fenced]


async def _end(connection: AsyncConnection, ended: Sequence[Ended]) -> list[tuple[str, str]]:
    """Keep the ends of what has none yet; gives organisation and id of each, in the order in which they came."""
    unfinished = await _unfinished(connection, ended)
    first: dict[str, Ended] = {}
    for one in ended:
        if (one.id, one.alias) in unfinished and (one.id not in first or first[one.id].state == "failed"):
            first[one.id] = one
    rows = [
        {
            "wanted": one.id,
            "now": one.state,
            "at": one.ended_at,
            "why": one.reason,
            "sealed_result": one.result,
            "sealed_detail": one.detail,
            "entry": one.leaf,
            "partition": one.scored_partition,
            "place": one.scored_offset,
            "sealed_trail": one.trail,
        }
        for one in first.values()
    ]
    if not rows:
        return []
    statement = (
        update(assessments)
        .where(assessments.c.id == bindparam("wanted"))
        .values(
            state=bindparam("now"),
            ended_at=bindparam("at"),
            reason=bindparam("why"),
            result=bindparam("sealed_result"),
            detail=bindparam("sealed_detail"),
            leaf=bindparam("entry"),
            scored_partition=bindparam("partition"),
            scored_offset=bindparam("place"),
            trail=bindparam("sealed_trail"),
        )
    )
    await connection.execute(statement, rows)
    return [(one.tenant, one.id) for one in first.values()]


async def _unfinished(connection: AsyncConnection, ended: Sequence[Ended]) -> set[tuple[str, str]]:
    """Id and alias of those that have no end yet. One that failed goes on when its dead letter is replayed."""
    found: set[tuple[str, str]] = set()
    again = {one.id for one in ended if one.state != "failed"}
    for start in range(0, len(ended), _CHUNK):
        wanted = assessments.c.id.in_([one.id for one in ended[start : start + _CHUNK]])
        open_ = assessments.c.state.in_(("accepted", "failed"))
        query = select(assessments.c.id, assessments.c.alias, assessments.c.state).where(wanted, open_)
        rows = await connection.execute(query)
        found.update((row.id, row.alias) for row in rows if row.state == "accepted" or row.id in again)
    return found


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


def row_of(values: Mapping[Any, Any]) -> Row:
    """The row of a query over all columns."""
    return Row(**{name: values[name] for name in Row.__dataclass_fields__})
