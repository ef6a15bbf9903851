"""The sweep: whoever's storage time is over is erased, with that as the cause; so is everybody of an ended contract.

A few people at a time, driven by a timer. What is left to do is read from the database each time, so that a crash
loses nothing; where the last batch ended is kept in memory only, so that those who stay are not looked at again and
again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from services.consent import ledger
from services.consent.erasure import Cause
from services.consent.filed import AlreadyErased
from services.consent.purpose_table import Allowed
from services.consent.requests import PrivacyRequests
from services.consent.retention import kept_days
from services.consent.tables import hand_ins, holds, persons, tenants

BATCH = 100
_START = ("", "")
_LATER_THAN_ALL = "9999"


@dataclass(frozen=True, slots=True)
class _Due:
    tenant: str
    before: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class _Old:
    place: tuple[str, str]
    alias: str


class Sweep:
    """Sweeps tenant after tenant."""

    def __init__(self, database: Database, requests: PrivacyRequests, batch: int = BATCH) -> None:
        self._database = database
        self._requests = requests
        self._batch = batch
        self._places: dict[str, tuple[str, str]] = {}

    async def once(self, moment: datetime | None = None) -> int:
        """Begin the erasure of one batch in each tenant; give how many began."""
        async with self._database.read() as connection:
            due = await _due(connection, moment or now())
        return sum([await self._batch_of(one) for one in due])

    async def _batch_of(self, due: _Due) -> int:
        async with self._database.read() as connection:
            old = await _old(connection, due, self._places.get(due.tenant, _START), self._batch)
            stay = set() if due.cause == "contract-ended" else await _kept_longer(connection, old)
        began = 0
        for alias in dict.fromkeys(one.alias for one in old if one.alias not in stay):
            began += await self._begin(alias, due.cause)
        self._places[due.tenant] = old[-1].place if len(old) == self._batch else _START
        return began

    async def _begin(self, alias: str, cause: Cause) -> bool:
        try:
            await self._requests.open_erasure(alias, "service:consent", cause)
        except AlreadyErased:
            return False
        return True


async def _due(connection: AsyncConnection, moment: datetime) -> list[_Due]:
    found = []
    for row in await connection.execute(select(tenants.c.tenant, tenants.c.ended_at).order_by(tenants.c.tenant)):
        if row.ended_at is not None:
            found.append(_Due(row.tenant, _LATER_THAN_ALL, "contract-ended"))
        else:
            days = timedelta(days=await kept_days(connection, row.tenant, "assessments"))
            found.append(_Due(row.tenant, written(moment - days), "expired"))
    return found


async def _old(connection: AsyncConnection, due: _Due, after: tuple[str, str], batch: int) -> list[_Old]:
    """Hand-ins before the time, of living people who are not held and have handed in nothing since."""
    newer = hand_ins.alias("newer")
    place = tuple_(hand_ins.c.handed_in_at, hand_ins.c.event_id)
    rows = await connection.execute(
        select(hand_ins.c.handed_in_at, hand_ins.c.event_id, hand_ins.c.alias)
        .join(persons, persons.c.alias == hand_ins.c.alias)
        .where(
            hand_ins.c.tenant == due.tenant,
            hand_ins.c.handed_in_at < due.before,
            place > tuple_(*after),
            persons.c.state.in_(("active", "restricted")),
            ~exists().where(newer.c.alias == hand_ins.c.alias, newer.c.handed_in_at >= due.before),
            ~exists().where(holds.c.alias == hand_ins.c.alias, holds.c.lifted_at.is_(None)),
        )
        .order_by(hand_ins.c.handed_in_at, hand_ins.c.event_id)
        .limit(batch)
    )
    return [_Old((row.handed_in_at, row.event_id), row.alias) for row in rows]


async def _kept_longer(connection: AsyncConnection, old: Sequence[_Old]) -> set[str]:
    """Those whose own record lets what is theirs be kept beyond the ordinary time."""
    found = await ledger.standings(connection, list({one.alias for one in old}))
    return {
        alias for alias, standing in found.items() if isinstance(standing.decide("retention-beyond-result"), Allowed)
    }
