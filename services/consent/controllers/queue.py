"""The requests of employees as they are stored until their employer has decided, and as they are told."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import written
from schemas.employees import AskedBy, Forwarded
from schemas.purposes import Purpose
from schemas.remedies import REMEDIES
from services.consent.erasure.cases import read_time
from services.consent.rights.asked import Asked
from services.consent.rights.deadline import answer_by
from services.consent.tables import hand_ins, instructions

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


async def keep(connection: AsyncConnection, asked: Wanted, at: str) -> str:
    """Store one that waits; give its id, 128 random bits. What the organisation asks for, it has been handed."""
    minted, handed_over = secrets.token_hex(16), at if asked.asked_by == "organisation" else None
    await connection.execute(
        insert(instructions).values(
            id=minted, state="waiting", opened_at=at, handed_over_at=handed_over, **asdict(asked)
        )
    )
    return minted


async def decide(connection: AsyncConnection, minted: str, state: str, at: str, **told: str | None) -> None:
    """Store how it was decided."""
    decided: Mapping[str, str | None] = {"state": state, "decided_at": at, **told}
    await connection.execute(update(instructions).where(instructions.c.id == minted).values(**decided))


async def load(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Forwarded]:
    """Those that fulfil the conditions: the waiting ones first, each the oldest first."""
    first = case((instructions.c.state == "waiting", 0), else_=1)
    rows = (
        await connection.execute(
            select(instructions).where(*conditions).order_by(first, instructions.c.opened_at, instructions.c.id)
        )
    ).all()
    return [_read(row, await _assessments(connection, row)) for row in rows]


def the_same(alias: str, asked: Asked) -> list[ColumnElement[bool]]:
    """The conditions of what the employee asked for before, word for word, and what still waits."""
    named = [instructions.c.purpose.is_not_distinct_from(asked.purpose)]
    named.append(instructions.c.assessment.is_not_distinct_from(asked.assessment))
    waits = instructions.c.asked_by == "employee", instructions.c.state == "waiting"
    return [instructions.c.alias == alias, instructions.c.type == asked.type, *named, *waits]


async def _assessments(connection: AsyncConnection, row: Row[Any]) -> tuple[str, ...]:
    if row.alias is None:
        return ()
    mine = hand_ins.c.alias == row.alias, hand_ins.c.tenant == row.tenant
    found = await connection.scalars(select(hand_ins.c.event_id).where(*mine).order_by(hand_ins.c.handed_in_at))
    return tuple(found)


def _read(row: Row[Any], assessments: tuple[str, ...]) -> Forwarded:
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
        row.reason,
        row.request,
        row.assessment,
        assessments,
        REMEDIES if row.state == "refused" else (),
        told_at=row.told_at,
        told_by=row.told_by,
    )
