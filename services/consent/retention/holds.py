"""Legal holds: what a legal claim needs is neither swept nor erased while one stands (GDPR Art. 17(3)(e)).

The operator sets and lifts them by command, each with a reason that its person can read, and that lies sealed under
that person's key. A pending erasure waits, and
until then nothing but access goes on (Art. 18(1)(c)).
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sqlalchemy import ColumnElement, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.entry import EntryType
from services.consent.entries import committed_entry
from services.consent.found_by import living_person, person_behind
from services.consent.keys.keystore import KeyStore
from services.consent.keys.sealed_reasons import SealedReasons
from services.consent.ledger import Standing
from services.consent.outboxes import Outboxes
from services.consent.retention.restricted import restricted_among
from services.consent.tables import holds

LOST_REASON = "set before a backup was restored; whoever set it knows the reason"
"""What a person reads of a hold whose reason was lost."""


class HoldJournal(Protocol):
    """Remembers who is held where no backup reaches; see `services.consent.erasure.erased_journal`."""

    def hold(self, alias: str) -> None:
        """This person is held."""

    def let_go(self, alias: str) -> None:
        """This person is held no more."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold; times are written `2026-11-23T18:00:00Z`."""

    id: str
    reason: str
    set_at: str
    lifted_at: str | None


class Holds:
    """The holds of single persons."""

    def __init__(self, database: Database, keystore: KeyStore, outboxes: Outboxes, journal: HoldJournal) -> None:
        self._journal = journal
        self._database = database
        self._keystore = keystore
        self._outboxes = outboxes
        self._reasons = SealedReasons(keystore, holds, "hold-reason/1")

    async def open(self) -> None:
        """Seal the reasons that an earlier release kept in the clear."""
        async with self._database.write() as connection:
            sealed = await self._reasons.seal_clear(connection)
        if sealed:
            await self._database.wipe_traces()

    async def set(self, found_by: str, reason: str) -> Hold:
        """Hold the person behind an assessment or a request, by its id. Raises NobodyFound."""
        async with self._database.write() as connection:
            standing = await person_behind(connection, found_by)
            hold = Hold(secrets.token_hex(16), reason, written(now()), None)
            await self._record(connection, "hold-set", standing, hold)
            sealed = self._reasons.sealed(standing, hold.id, reason)
            kept = {"id": hold.id, "alias": standing.alias, "sealed_reason": sealed, "set_at": hold.set_at}
            await connection.execute(insert(holds).values(**kept))
            # Before the commit: held once too often is safe, and is lifted by command.
            await asyncio.to_thread(self._journal.hold, standing.alias)
            return hold

    async def lift(self, hold_id: str) -> Hold | None:
        """Lift a hold; a second time changes nothing. None where there is no such."""
        async with self._database.write() as connection:
            alias = await connection.scalar(select(holds.c.alias).where(holds.c.id == hold_id))
            if alias is None:
                return None
            (hold,) = await self._load(connection, holds.c.id == hold_id)
            if hold.lifted_at is not None:
                return hold
            lifted = replace(hold, lifted_at=written(now()))
            await connection.execute(update(holds).where(holds.c.id == hold_id).values(lifted_at=lifted.lifted_at))
            await self._record(connection, "hold-lifted", await living_person(connection, alias), lifted)
            others = await held_among(connection, [alias])
        if not others:
            await asyncio.to_thread(self._journal.let_go, alias)
        return lifted

    async def of(self, alias: str) -> Sequence[Hold]:
        """Those of one person, the oldest first."""
        return await self._read(holds.c.alias == alias)

    async def among(self, aliases: Sequence[str]) -> frozenset[str]:
        """Those of these persons of whom nothing is to be deleted: the held, and who restricted the processing."""
        async with self._database.read() as connection:
            return await held_among(connection, aliases) | await restricted_among(connection, aliases)

    async def standing(self) -> Sequence[Hold]:
        """All that stand."""
        return await self._read(holds.c.lifted_at.is_(None))

    async def reason(self, alias: str) -> str | None:
        """Why this person is held, by the newest hold that stands; None where none does."""
        found = await self._read(holds.c.alias == alias, holds.c.lifted_at.is_(None))
        return found[-1].reason if found else None

    async def _read(self, *conditions: ColumnElement[bool]) -> list[Hold]:
        async with self._database.read() as connection:
            return await self._load(connection, *conditions)

    async def _load(self, connection: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Hold]:
        ordered = select(holds).where(*conditions).order_by(holds.c.set_at, holds.c.id)
        rows = (await connection.execute(ordered)).all()
        reasons = await self._reasons.opened(connection, rows)
        return [Hold(row.id, reasons.get(row.id, LOST_REASON), row.set_at, row.lifted_at) for row in rows]

    async def _record(self, connection: AsyncConnection, kind: EntryType, standing: Standing, hold: Hold) -> None:
        fields = [("hold", hold.id), ("reason", hold.reason)]
        trail = self._keystore.trail_of(standing)
        at = hold.lifted_at or hold.set_at
        await self._outboxes.record(
            connection, [committed_entry(kind, at, "operator", trail, fields, tenant=standing.tenant)]
        )


def not_held(alias: ColumnElement[str]) -> ColumnElement[bool]:
    """That no legal hold stands on whose alias this is."""
    return ~exists().where(holds.c.alias == alias, holds.c.lifted_at.is_(None))


async def held_aliases(connection: AsyncConnection) -> frozenset[str]:
    """Everybody who is held."""
    return frozenset(await connection.scalars(select(holds.c.alias).where(holds.c.lifted_at.is_(None))))


async def hold_again(connection: AsyncConnection, alias: str) -> None:
    """Hold a person whom a restored database knows as free; the reason was lost with the newer one."""
    at = written(now())
    await connection.execute(insert(holds).values(id=secrets.token_hex(16), alias=alias, set_at=at))


async def held_among(connection: AsyncConnection, aliases: Sequence[str]) -> frozenset[str]:
    """Those of these persons that are held."""
    if not aliases:
        return frozenset()
    standing = holds.c.alias.in_(aliases), holds.c.lifted_at.is_(None)
    return frozenset(await connection.scalars(select(holds.c.alias).where(*standing)))
