"""What recognises the body of a hand-in that comes again: kept as long as an Idempotency-Key may name it, no longer.

The MAC is under the person's key, which lives on; kept with the row it would go on telling, to whoever has the key,
whether a body is the one that was handed in.
"""

from sqlalchemy import select, update

from infra.db.engine import Database
from services.intake.tables import RECOGNISED, assessments

AGED = b""
"""In place of a MAC that was removed; None stands where the beginning has not been read yet, and is completed."""
_CHUNK = 1_000


class Recognised:
    """The MACs of accepted hand-ins."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def age(self, oldest: str) -> bool:
        """Remove those of hand-ins from before the day `oldest`, `2026-11-30`; says whether there was one.

        All else of a row stays as it is, its number too: nobody who was told of it has anything new to hear. Each
        chunk is a transaction of its own, so that hand-ins get their turn between two.
        """
        aged = 0
        while True:
            last = await self._chunk(oldest)
            aged += last
            if last < _CHUNK:
                return aged > 0

    async def _chunk(self, oldest: str) -> int:
        old = (
            select(assessments.c.id)
            .where(RECOGNISED, assessments.c.submitted_at < oldest)
            .limit(_CHUNK)
            .with_for_update(skip_locked=True)
        )
        async with self._database.write() as connection:
            emptied = await connection.execute(update(assessments).where(assessments.c.id.in_(old)).values(mac=AGED))
        return emptied.rowcount
