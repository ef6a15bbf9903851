"""The records of the ledger, which is only ever added to: a record stays as it was given, and what ends it is a row
beside it. The database refuses to change either; with their person they are deleted.
"""

from typing import Final

from sqlalchemy import ColumnElement, Subquery, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.purposes import RecordState
from services.consent.tables import record_ends, records

_STATE = func.coalesce(record_ends.c.state, "given").label("state")
LEDGER: Final[Subquery] = (
    select(records, _STATE, record_ends.c.ended_at)
    .outerjoin(record_ends, record_ends.c.record == records.c.id)
    .subquery("ledger_records")
)
"""Every record with the state that it is in, and since when where it has ended."""


async def end_records(
    connection: AsyncConnection, state: RecordState, at: str, *conditions: ColumnElement[bool]
) -> int:
    """End those that are given and fulfil the conditions, which name columns of `LEDGER`; how many."""
    given = select(LEDGER.c.id).where(LEDGER.c.state == "given", *conditions)
    ended = [{"record": one, "state": state, "ended_at": at} for one in await connection.scalars(given)]
    if ended:
        await connection.execute(insert(record_ends), ended)
    return len(ended)
