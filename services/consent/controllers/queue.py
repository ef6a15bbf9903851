"""The requests of employees as they are stored until their employer has decided, and as they are told.

The employer's reason for a refusal lies sealed under its person's key, and goes with the key.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import written
from schemas.employees import AskedBy, Forwarded
from schemas.purposes import Purpose
from schemas.remedies import REMEDIES
from services.consent.erasure.cases import read_time
from services.consent.keys.keystore import KeyStore
from services.consent.keys.sealed_reasons import SealedReasons
from services.consent.ledger import Standing
from services.consent.rights.asked import Asked
from services.consent.rights.deadline import Clock, answer_by
from services.consent.tables import hand_ins, instructions, requests

HAND_OVER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for about an employee, and who asks."""

    tenant: str
    alias: str
    type: str
    purpose: Purpose | None
    assessment: str | None
    asked_by: AskedBy


class Queue:
    """Keeps and reads them, within the caller's transaction."""

    def __init__(self, keystore: KeyStore) -> None:
        self._reasons = SealedReasons(keystore, instructions, "refusal-reason/1")

    async def keep(self, connection: AsyncConnection, asked: Wanted, at: str) -> str:
        """Store one that waits; give its id, 128 random bits. What the organisation asks for, it has been handed."""
        minted, handed_over = secrets.token_hex(16), at if asked.asked_by == "organisation" else None
        await connection.execute(
            insert(instructions).values(
                id=minted, state="waiting", opened_at=at, handed_over_at=handed_over, **asdict(asked)
            )
        )
        return minted

    async def carried_out(self, connection: AsyncConnection, minted: str, at: str, request: str | None) -> None:
        """Store that it was carried out, as this request of its person's."""
        await _decide(connection, minted, state="carried-out", decided_at=at, request=request)

    async def refused(
        self, connection: AsyncConnection, minted: str, at: str, standing: Standing | None, reason: str | None
    ) -> None:
        """Store that it was refused; of somebody who was erased meanwhile no reason is kept."""
        sealed = None if standing is None or reason is None else self._reasons.sealed(standing, minted, reason)
        await _decide(connection, minted, state="refused", decided_at=at, sealed_reason=sealed)

    async def taken_back(self, connection: AsyncConnection, standing: Standing, one: Forwarded, at: str) -> None:
        """Store it as a request of its person's own, cancelled: it is nobody else's to decide any more."""
        await connection.execute(delete(instructions).where(instructions.c.id == one.id))
        ended = {"cancelled_at": at} if one.type == "erasure" else {"completed_at": at, "outcome": "cancelled"}
        whose = {"alias": standing.alias, "tenant": standing.tenant, "prior_state": standing.state}
        asked = {"type": one.type, "assessment": one.assessment, "opened_at": one.opened_at, "due_at": at}
        await connection.execute(insert(requests).values(id=one.id, state="cancelled", **whose, **asked, **ended))

    async def load(self, connection: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Forwarded]:
        """Those that fulfil the conditions: the waiting ones first, each the oldest first."""
        first = case((instructions.c.state == "waiting", 0), else_=1)
        ordered = select(instructions).where(*conditions).order_by(first, instructions.c.opened_at, instructions.c.id)
        rows = (await connection.execute(ordered)).all()
        reasons = await self._reasons.opened(connection, rows)
        return [_read(row, reasons.get(row.id), await _assessments(connection, row)) for row in rows]

    async def seal_reasons(self, connection: AsyncConnection) -> int:
        """Seal the reasons that lie in the clear from before there was a seal; give how many those were."""
        return await self._reasons.seal_clear(connection)


def the_same(alias: str, asked: Asked) -> list[ColumnElement[bool]]:
    """The conditions of what the employee asked for before, word for word, and what still waits."""
    named = [instructions.c.purpose.is_not_distinct_from(asked.purpose)]
    named.append(instructions.c.assessment.is_not_distinct_from(asked.assessment))
    waits = instructions.c.asked_by == "employee", instructions.c.state == "waiting"
    return [instructions.c.alias == alias, instructions.c.type == asked.type, *named, *waits]


def clock_of(one: Forwarded) -> Clock | None:
    """The clock of what an employee asked for; what the organisation asks for itself has none."""
    return Clock(read_time(one.opened_at)) if one.asked_by == "employee" else None


async def _decide(connection: AsyncConnection, minted: str, **decided: object) -> None:
    await connection.execute(update(instructions).where(instructions.c.id == minted).values(**decided))


async def _assessments(connection: AsyncConnection, row: Row[Any]) -> tuple[str, ...]:
    if row.alias is None:
        return ()
    mine = hand_ins.c.alias == row.alias, hand_ins.c.tenant == row.tenant
    found = await connection.scalars(select(hand_ins.c.event_id).where(*mine).order_by(hand_ins.c.handed_in_at))
    return tuple(found)


def _read(row: Row[Any], reason: str | None, assessments: tuple[str, ...]) -> Forwarded:
    opened = read_time(row.opened_at)
    return Forwarded(
        row.id,
        row.type,
        row.purpose,
        row.asked_by,
        row.state,
        row.opened_at,
        written(opened + HAND_OVER),
        row.handed_over_at,
        written(answer_by(opened)),
        row.decided_at,
        reason,
        row.request,
        row.assessment,
        assessments,
        REMEDIES if row.state == "refused" else (),
        told_at=row.told_at,
        told_by=row.told_by,
    )
