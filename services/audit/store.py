"""What audit keeps beside the log: which ids are taken and by which record, and the sealed trails.

Nothing is stored for the erased; their late records still have their entry.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.engine import Database
from schemas.rights import Held, HeldAct, HeldTrail
from services.audit.reading.arrivals import Arrived, Trail
from services.audit.tables import acts, entry_ids, fence, marks, reviews, trails

_CHUNK = 500
_REVOKED = "keys.revoked"


class Store:
    """Ids, trails and the fence, in audit's database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = sqlite.insert if database.is_sqlite else postgresql.insert
        new = self._insert(entry_ids)  # built once: to build it costs more than to run it
        self._taken = new.on_conflict_do_update(
            index_elements=["id"],
            set_={"log_index": new.excluded.log_index, "log": new.excluded.log},
            where=(entry_ids.c.source == new.excluded.source) & (entry_ids.c.place == new.excluded.place),
        )

    async def claim(self, arrived: Sequence[Arrived], size: int, today: int, log: int = 0) -> list[Arrived]:
        """Take the ids of these and keep their trails; gives those whose id no other record has taken.

        `size` is that of the log of this number, to which they will be appended in this order; `today` counts days.
        Whoever asks again for the same records is given the same, so that a crash before the append loses nothing. A
        repetition that is left out makes its id known anew: what has come again can come once more.
        """
        if not arrived:
            return []
        async with self._database.write() as connection:
            ours = list(arrived)
            if await self._take(connection, arrived, size, today, log) != len(arrived):
                ours = await _ours(connection, arrived)
            if len(ours) < len(arrived):
                await self._take(connection, ours, size, today, log)  # the indices after a dropped one are lower
                await _seen(connection, arrived, today)
            await self._keep_trails(connection, ours, size, log)
        return ours

    async def index_of(self, entry: str) -> int | None:
        """Where the entry of this id is put in log 0, which has all outboxes; it is there once the log is larger."""
        own = entry_ids.c.id == bytes.fromhex(entry), entry_ids.c.log == 0
        wanted = select(entry_ids.c.log_index).where(*own)
        async with self._database.read() as connection:
            index: int | None = await connection.scalar(wanted)
        return index

    async def taken(self, arrived: Sequence[Arrived]) -> list[Arrived]:
        """Those whose id the log has taken from these records; another record with the same id is none."""
        async with self._database.read() as connection:
            return await _ours(connection, arrived)

    async def unknown(self, arrived: Sequence[Arrived]) -> list[Arrived]:
        """Those whose id no record has brought to the log."""
        async with self._database.read() as connection:
            known = await _holders(connection, arrived)
        return [one for one in arrived if bytes.fromhex(one.leaf.id) not in known]

    async def trails_at(self, indices: Sequence[int], log: int = 0) -> dict[int, list[Trail]]:
        """The trails kept for the entries that were put at these indices; see `index_of` for when they hold."""
        found: dict[int, list[Trail]] = {}
        async with self._database.read() as connection:
            for start in range(0, len(indices), _CHUNK):
                wanted = trails.c.log == log, trails.c.log_index.in_(indices[start : start + _CHUNK])
                for row in await connection.execute(select(trails).where(*wanted)):
                    trail = Trail(row.event_id, row.alias, row.tenant, bytes(row.trail))
                    found.setdefault(row.log_index, []).append(trail)
        return found

    async def tenants_at(self, indices: Sequence[int], log: int = 0) -> dict[int, str]:
        """Whose decisions stand at these indices, as far as their trails are kept."""
        own = trails.c.log == log, trails.c.log_index.in_(indices)
        wanted = select(trails.c.log_index, trails.c.tenant).where(*own)
        async with self._database.read() as connection:
            return {row.log_index: row.tenant for row in await connection.execute(wanted)}

    async def person_at(self, index: int, log: int = 0) -> str | None:
        """The alias of the person whose decision stands at this index; None for one not kept."""
        wanted = select(trails.c.alias).where(trails.c.log == log, trails.c.log_index == index)
        async with self._database.read() as connection:
            alias: str | None = await connection.scalar(wanted)
        return alias

    async def indices_of(self, alias: str, log: int = 0) -> list[int]:
        """Where decisions of the person stand in this log."""
        own = trails.c.alias == alias, trails.c.log == log
        wanted = select(trails.c.log_index).where(*own).order_by(trails.c.log_index)
        async with self._database.read() as connection:
            return list(await connection.scalars(wanted))

    async def indices_of_tenant(self, tenant: str, below: int, limit: int, log: int = 0) -> list[int]:
        """Where decisions of this organisation stand whose trails are kept, downwards from below an index."""
        own = trails.c.tenant == tenant, trails.c.log == log, trails.c.log_index < below
        wanted = select(trails.c.log_index).where(*own)
        async with self._database.read() as connection:
            return list(await connection.scalars(wanted.order_by(trails.c.log_index.desc()).limit(limit)))

    async def forget_ids(self, before: int) -> None:
        """Delete the ids last seen before this day; their records can come no more."""
        async with self._database.write() as connection:
            await connection.execute(delete(entry_ids).where(entry_ids.c.seen_on < before))

    async def erase(self, aliases: Sequence[str], next_offset: int | None = None) -> dict[str, dict[str, int]]:
        """Delete trails, acts and reviews of these aliases and fence them for ever.

        Gives the rows deleted in all, by alias and table. `next_offset` is kept with it: where to go on in
        `keys.revoked`.
        """
        deleted: dict[str, dict[str, int]] = {}
        async with self._database.write() as connection:
            for alias in aliases:
                deleted[alias] = await self._erase(connection, alias)
            if next_offset is not None:
                await self._put(connection, marks, {"topic": _REVOKED, "next_offset": next_offset})
        if aliases:
            await self._database.wipe_traces()
        return deleted

    async def expire(self, alias: str, ids: Sequence[str]) -> None:
        """Delete trails and reviews of these assessments of the person, and no others."""
        async with self._database.write() as connection:
            await connection.execute(delete(trails).where(trails.c.alias == alias, trails.c.event_id.in_(ids)))
            await connection.execute(delete(reviews).where(reviews.c.alias == alias, reviews.c.assessment.in_(ids)))
        await self._database.wipe_traces()

    async def revocations_mark(self) -> int:
        """Where to go on in `keys.revoked`; 0 at the very first start."""
        async with self._database.read() as connection:
            mark = await connection.scalar(select(marks.c.next_offset).where(marks.c.topic == _REVOKED))
        return int(mark or 0)

    async def trails_kept(self) -> int:
        """How many trails are kept."""
        async with self._database.read() as connection:
            return int(await connection.scalar(select(func.count()).select_from(trails)) or 0)

    async def held_of(self, alias: str) -> Sequence[Held]:
        """The trails of one person in the order of the log, and what auditors did with them, oldest first."""
        kept = select(trails).where(trails.c.alias == alias).order_by(trails.c.log, trails.c.log_index)
        done = select(acts).where(acts.c.alias == alias).order_by(acts.c.done_at, acts.c.entry_id)
        async with self._database.read() as connection:
            held: list[Held] = [
                HeldTrail(row.event_id, row.trail, row.log_index) for row in await connection.execute(kept)
            ]
            looked = await connection.execute(done)
            return held + [HeldAct(row.entry_id, row.sealed, row.entry_type, row.done_at) for row in looked]

    async def still_ours(self) -> None:
        """Raise where another instance may hold the database by now."""
        await self._database.still_ours()

    async def _take(
        self, connection: AsyncConnection, arrived: Sequence[Arrived], size: int, today: int, log: int
    ) -> int:
        """Write the ids; gives how many are these records' own, or something else where that is not counted."""
        if not arrived:
            return 0
        rows = [
            {
                "id": bytes.fromhex(one.leaf.id),
                "source": one.source,
                "place": one.place,
                "log_index": index,
                "seen_on": today,
                "log": log,
            }
            for index, one in enumerate(arrived, size)
        ]
        return int((await connection.execute(self._taken, rows)).rowcount)

    async def _keep_trails(self, connection: AsyncConnection, ours: Sequence[Arrived], size: int, log: int) -> None:
        brought = [(one.trail, index) for index, one in enumerate(ours, size) if one.trail is not None]
        fenced = await _fenced(connection, {trail.alias for trail, _ in brought})
        rows = [_row(trail, index, log) for trail, index in brought if trail.alias not in fenced]
        if rows:
            new = self._insert(trails)
            await connection.execute(
                new.on_conflict_do_update(
                    index_elements=["event_id"],
                    set_={"log_index": new.excluded.log_index, "log": new.excluded.log},
                ),
                rows,
            )

    async def _erase(self, connection: AsyncConnection, alias: str) -> dict[str, int]:
        before = (await connection.execute(select(fence).where(fence.c.alias == alias))).one_or_none()
        total: dict[str, int] = {}
        for table in (trails, acts, reviews):
            deleted = await connection.execute(delete(table).where(table.c.alias == alias))
            total[table.name] = deleted.rowcount + (0 if before is None else before._mapping[table.name])
        await self._put(connection, fence, {"alias": alias, **total})
        return total

    async def _put(self, connection: AsyncConnection, table: Any, row: dict[str, Any]) -> None:
        key, *others = row
        statement = self._insert(table).values(**row)
        told = {other: row[other] for other in others}
        await connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=told))


async def _ours(connection: AsyncConnection, arrived: Sequence[Arrived]) -> list[Arrived]:
    """Those whose id is taken by themselves."""
    holders = await _holders(connection, arrived)
    return [one for one in arrived if holders.get(bytes.fromhex(one.leaf.id)) == (one.source, one.place)]


async def _holders(connection: AsyncConnection, arrived: Sequence[Arrived]) -> dict[bytes, tuple[str, int]]:
    """Which records have taken the ids of these, source and place by id."""
    holders: dict[bytes, tuple[str, int]] = {}
    ids = [bytes.fromhex(one.leaf.id) for one in arrived]
    for start in range(0, len(ids), _CHUNK):
        wanted = entry_ids.c.id.in_(ids[start : start + _CHUNK])
        for row in await connection.execute(select(entry_ids).where(wanted)):
            holders[bytes(row.id)] = (row.source, row.place)
    return holders


async def _seen(connection: AsyncConnection, arrived: Sequence[Arrived], today: int) -> None:
    """Note that these ids, whoever's they are, came today."""
    ids = [bytes.fromhex(one.leaf.id) for one in arrived]
    for start in range(0, len(ids), _CHUNK):
        wanted = entry_ids.c.id.in_(ids[start : start + _CHUNK])
        await connection.execute(update(entry_ids).where(wanted).values(seen_on=today))


async def _fenced(connection: AsyncConnection, aliases: Iterable[str]) -> set[str]:
    fenced: set[str] = set()
    wanted = sorted(aliases)
    for start in range(0, len(wanted), _CHUNK):
        chunk = fence.c.alias.in_(wanted[start : start + _CHUNK])
        fenced.update(await connection.scalars(select(fence.c.alias).where(chunk)))
    return fenced


def _row(trail: Trail, index: int, log: int) -> dict[str, Any]:
    return {
        "event_id": trail.event_id,
        "alias": trail.alias,
        "tenant": trail.tenant,
        "trail": trail.sealed,
        "log_index": index,
        "log": log,
    }
