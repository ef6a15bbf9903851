"""Log-ins that fail, told so that whoever tries cannot fill the log: the first of an hour singly, the rest by number.

However many addresses they come from, an hour has at most `SINGLY` entries and one for each officer whose name was
tried, and one for names that nobody has. The numbers add up to all attempts.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import written
from infra.db.engine import Database
from infra.http.problems import unavailable
from services.audit.acts import Act, Acts, By
from services.audit.tables import refusals

SINGLY: Final = 20
_ANYBODY: Final = By("anybody")
NameOf = Callable[[AsyncConnection, str], Awaitable[str]]
"""The name of the officer of this id; empty for who is none any more, and for the empty id."""


class Refusals:
    """Counts and tells them."""

    def __init__(self, database: Database, acts: Acts, name_of: NameOf, clock: Callable[[], float]) -> None:
        self._database = database
        self._acts = acts
        self._name_of = name_of
        self._clock = clock
        self._insert = sqlite.insert if database.is_sqlite else postgresql.insert

    async def add(self, officer: str) -> None:
        """A log-in failed under the name of this officer, or under nobody's. Raises Problem (503) where it cannot be
        recorded.
        """
        try:
            async with self._database.write() as connection:
                hour = self._hour()
                await self._tell_before(connection, hour)
                counted = select(func.sum(refusals.c.told)).where(refusals.c.hour == hour)
                singly = (await connection.scalar(counted) or 0) < SINGLY
                await self._count(connection, hour, officer, singly)
                if singly:
                    await self._put(connection, officer)
        except (SQLAlchemyError, OSError):
            raise unavailable("The record of what auditors do") from None
        self._acts.wake()

    async def tell(self) -> None:
        """Tell what was counted in hours that are over."""
        async with self._database.write() as connection:
            await self._tell_before(connection, self._hour())
        self._acts.wake()

    def _hour(self) -> str:
        return written(datetime.fromtimestamp(self._clock(), UTC))[:13]

    async def _count(self, connection: AsyncConnection, hour: str, officer: str, singly: bool) -> None:
        one = {"told": 1, "more": 0} if singly else {"told": 0, "more": 1}
        again = {name: refusals.c[name] + number for name, number in one.items()}
        row = self._insert(refusals).values(hour=hour, officer=officer, **one)
        await connection.execute(row.on_conflict_do_update(index_elements=["hour", "officer"], set_=again))

    async def _tell_before(self, connection: AsyncConnection, hour: str) -> None:
        over = refusals.c.hour < hour
        ordered = select(refusals).where(over).order_by(refusals.c.hour, refusals.c.officer)
        for row in (await connection.execute(ordered)).all():
            if row.more:
                told = (("attempts", str(row.more)), ("since", f"{row.hour}:00:00Z"))
                await self._put(connection, row.officer, told)
        await connection.execute(delete(refusals).where(over))

    async def _put(self, connection: AsyncConnection, officer: str, told: tuple[tuple[str, str], ...] = ()) -> None:
        name = await self._name_of(connection, officer)
        await self._acts.put(connection, Act("officer-refused", (("name", name), *told), by=_ANYBODY))
