"""Market signals that the operator adds to those of the methodology: told to everybody, part of no score.

Each change is stored with its audit entry `signal-changed` in one transaction. The entry's `payload` is the SHA-256
of `{"change": "added" or "removed", "signal": …}` in canonical JSON, so that whoever kept an answer can prove what
stood.
"""

import secrets
from typing import Any, Literal

import orjson
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from infra.http.problems import Problem, invalid
from infra.kafka.entry_outbox import EntryOutbox, NewEntry
from infra.version import SOFTWARE
from schemas.entry import canonical, leaf, payload_name
from schemas.faults import Fault
from services.intake.tables import market_signals
from services.methodology.finding import Refused
from services.methodology.version import Version

MOST = 100
Signal = dict[str, Any]


class MarketSignals:
    """The operator's signals. `version` is the one whose signals stand beside them."""

    def __init__(self, database: Database, outbox: EntryOutbox, version: Version) -> None:
        self._database = database
        self._outbox = outbox
        self._version = version

    async def listed(self) -> list[Signal]:
        """All of them by id, each `schemas.signal.Signal` with the time it was added."""
        async with self._database.read() as connection:
            return await _listed(connection)

    async def add(self, signal: Signal) -> None:
        """Add a signal. Raises Problem (422): its id is taken, it claims too much, or there are too many."""
        at = written(now())
        async with self._database.write() as connection:
            known = await _listed(connection)
            self._check([*known, signal])
            await connection.execute(
                insert(market_signals).values(
                    id=signal["id"], document=orjson.dumps(signal, option=orjson.OPT_SORT_KEYS).decode(), added_at=at
                )
            )
            await self._outbox.put(connection, [changed("added", signal, at)])
        self._outbox.wake()

    async def remove(self, name: str) -> None:
        """Take one back. Raises Problem (404): the operator added none of this id."""
        at = written(now())
        async with self._database.write() as connection:
            document = await connection.scalar(
                select(market_signals.c.document).where(market_signals.c.id == name).with_for_update()
            )
            if document is None:
                raise Problem(404, "not-found", "Not found", f"No signal {name} was added here; see signal list.")
            await connection.execute(delete(market_signals).where(market_signals.c.id == name))
            await self._outbox.put(connection, [changed("removed", orjson.loads(document), at)])
        self._outbox.wake()

    def _check(self, signals: list[Signal]) -> None:
        if len(signals) > MOST:
            raise invalid([Fault("", f"There are {MOST} signals; remove one before adding another.")])
        try:
            self._version.signals(signals)
        except Refused as refused:
            raise invalid(
                [
                    Fault(f"/{one.path.rpartition('.')[2]}", f"{one.message} {one.suggestion}")
                    for one in refused.findings
                ]
            ) from None


def changed(what: Literal["added", "removed"], signal: Signal, at: str) -> NewEntry:
    """The entry of one change."""
    minted = secrets.token_hex(16)
    payload = payload_name(canonical({"change": what, "signal": signal}))
    return NewEntry(minted, leaf("signal-changed", minted, at, "operator", SOFTWARE, payload=payload))


async def _listed(connection: AsyncConnection) -> list[Signal]:
    rows = await connection.execute(select(market_signals).order_by(market_signals.c.id))
    return [{**orjson.loads(row.document), "added_at": row.added_at} for row in rows]
