"""Drafts as they are kept: one for each person, sealed, until it is handed in, withdrawn, erased or 30 days old."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from infra.clock import written
from infra.db.engine import Database
from schemas.purposes import DRAFT_DAYS
from services.intake.tables import drafts, fence


@dataclass(frozen=True, slots=True)
class Draft:
    """`sequence` is the ledger's when the key was given: a later withdrawal is of this draft."""

    alias: str
    id: str
    sealed: bytes
    saved_at: str
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

    async def of(self, alias: str, moment: datetime) -> Draft | None:
        """The person's draft, unless its time is over."""
        wanted = select(drafts).where(drafts.c.alias == alias, drafts.c.saved_at >= _oldest(moment))
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else Draft(row.alias, row.id, bytes(row.sealed), row.saved_at, row.sequence)

    async def delete(self, alias: str) -> None:
        """Delete the person's draft; again is harmless."""
        await self.withdrawn([(alias, None)])

    async def withdrawn(self, ended: Sequence[tuple[str, int | None]]) -> None:
        """Delete drafts that were saved before these sequences of the ledger; before any where it is None."""
        deleted = 0
        async with self._database.write() as connection:
            for alias, sequence in ended:
                earlier = () if sequence is None else (drafts.c.sequence < sequence,)
                gone = await connection.execute(delete(drafts).where(drafts.c.alias == alias, *earlier))
                deleted += gone.rowcount
        if deleted:
            await self._database.wipe_traces()

    async def expire(self, moment: datetime) -> int:
        """Delete the drafts whose time is over; gives how many there were."""
        async with self._database.write() as connection:
            gone = await connection.execute(delete(drafts).where(drafts.c.saved_at < _oldest(moment)))
        if gone.rowcount:
            await self._database.wipe_traces()
        return gone.rowcount


def _oldest(moment: datetime) -> str:
    return written(moment - timedelta(days=DRAFT_DAYS))
