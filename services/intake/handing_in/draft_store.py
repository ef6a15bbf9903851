"""Drafts as they are kept: one for each person, sealed, until it is handed in, withdrawn, erased or 30 days old.

A draft that has ended is no longer its person's to go on with; it is deleted as soon as no legal hold stands.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from infra.clock import written
from infra.db.engine import Database
from services.intake.tables import drafts, fence

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """`sequence` is the ledger's when the key was given: a later withdrawal is of this draft."""

    alias: str
    id: str
    sealed: bytes
    saved_at: str
    ends_at: str
    sequence: int


class DraftStore:
    """Drafts by person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, draft: Draft) -> bool:
        """Keep it in place of an earlier one. False, and nothing is kept, where its person was erased."""
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        row = asdict(draft)
        async with self._database.write() as connection:
            if await connection.scalar(select(fence.c.alias).where(fence.c.alias == draft.alias)) is not None:
                return False
            statement = insert(drafts).values(**row)
            await connection.execute(statement.on_conflict_do_update(index_elements=["alias"], set_=row))
        return True

    async def of(self, alias: str) -> Draft | None:
        """The draft that is held of a person, ended or not."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(drafts).where(drafts.c.alias == alias))).one_or_none()
        return None if row is None else Draft(**{**row._mapping, "sealed": bytes(row.sealed)})

    async def end(self, ended: Sequence[tuple[str, int | None]], moment: datetime) -> None:
        """End drafts that were saved before these sequences of the ledger; before any where it is None."""
        at = written(moment)
        async with self._database.write() as connection:
            for alias, sequence in ended:
                earlier = () if sequence is None else (drafts.c.sequence < sequence,)
                own = drafts.c.alias == alias, drafts.c.ends_at > at, *earlier
                await connection.execute(update(drafts).where(*own).values(ends_at=at))

    async def ended(self, moment: datetime) -> list[str]:
        """Whose draft has ended and is still held."""
        async with self._database.read() as connection:
            return list(await connection.scalars(select(drafts.c.alias).where(drafts.c.ends_at <= written(moment))))

    async def delete(self, aliases: Sequence[str], moment: datetime) -> int:
        """Delete the drafts of these persons that have ended; gives how many there were."""
        gone = 0
        async with self._database.write() as connection:
            for start in range(0, len(aliases), _CHUNK):
                own = drafts.c.alias.in_(aliases[start : start + _CHUNK]), drafts.c.ends_at <= written(moment)
                gone += (await connection.execute(delete(drafts).where(*own))).rowcount
        if gone:
            await self._database.wipe_traces()
        return gone
