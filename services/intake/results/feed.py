"""The feed of an organisation: what has ended for its people, in the order in which it was stored.

Every channel reads it: the list, the event stream, webhooks and the Kafka topic. Its numbers are those of
`numbering`.
"""

from sqlalchemy import select

from infra.db.engine import Database
from services.intake.store import Row, row_of
from services.intake.tables import assessments, feeds

STATES = ("scored", "refused", "failed", "gone")


class Feed:
    """The feeds of all organisations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def after(
        self, tenant: str, sequence: int, most: int, state: str | None = None, upto: int | None = None
    ) -> list[Row]:
        """What ended after that number, the oldest first, at most so many."""
        query = select(assessments).where(assessments.c.tenant == tenant, assessments.c.sequence > sequence)
        if state is not None:
            query = query.where(assessments.c.state == state)
        if upto is not None:
            query = query.where(assessments.c.sequence <= upto)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(assessments.c.sequence).limit(most))
            return [row_of(row._mapping) for row in rows]

    async def last(self, tenant: str) -> int:
        """The number of the newest end; 0 where there is none."""
        async with self._database.read() as connection:
            return int(await connection.scalar(select(feeds.c.last).where(feeds.c.tenant == tenant)) or 0)
