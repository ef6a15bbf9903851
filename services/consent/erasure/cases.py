"""Erasures as they are stored: read from the tables, with the stores that have reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.purposes import PersonState
from services.consent.erasure.steps import Erasure
from services.consent.retention.holds import held_among
from services.consent.rights.deadline import Extension
from services.consent.tables import requests, store_reports

_CHUNK = 1_000
"""Rows asked for by name in one statement; a driver takes 32,767 parameters at most."""


@dataclass(frozen=True, slots=True)
class Case:
    """An erasure with what is needed to carry it out.

    `prior` is the person's state before it, `entry` the id of the audit entry `erased`, `revocation` the offset of
    the revocation in `keys.revoked` once it is there, `epoch` the one in which the destroyed key was wrapped.
    """

    erasure: Erasure
    alias: str | None
    prior: PersonState
    entry: str | None
    revocation: int | None
    epoch: int | None


async def load_cases(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Case]:
    """The erasures that fulfil the conditions, oldest first; those that were asked for by nobody aside."""
    rows = (
        await connection.execute(
            select(requests)
            .where(requests.c.type == "erasure", requests.c.state != "unproved", *conditions)
            .order_by(requests.c.opened_at, requests.c.id)
        )
    ).all()
    return [case for start in range(0, len(rows), _CHUNK) for case in await _cases(connection, rows[start:][:_CHUNK])]


async def _cases(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Case]:
    reported: dict[str, set[str]] = {}
    for row in await connection.execute(
        select(store_reports.c.request, store_reports.c.service).where(
            store_reports.c.request.in_([row.id for row in rows])
        )
    ):
        reported.setdefault(row.request, set()).add(row.service)
    held = await held_among(connection, [row.alias for row in rows if row.state == "pending"])
    return [_case(row, frozenset(reported.get(row.id, ())), row.alias in held) for row in rows]


def _case(row: Row[Any], reports: frozenset[str], held: bool) -> Case:
    erasure = Erasure(
        request=row.id,
        state=row.state,
        opened_at=read_time(row.opened_at),
        due_at=read_time(row.due_at),
        erased_at=_read_if(row.erased_at),
        published_at=_read_if(row.revoked_at),
        acknowledged_at=_read_if(row.acknowledged_at),
        completed_at=_read_if(row.completed_at),
        cancelled_at=_read_if(row.cancelled_at),
        reports=reports,
        cause=row.cause,
        held=held,
        extension=None if row.extended_at is None else Extension(read_time(row.extended_at), row.extension),
    )
    return Case(erasure, row.alias, row.prior_state, row.entry, row.revocation_offset, row.epoch)


def read_time(moment: str) -> datetime:
    """The time that is written `2026-11-23T18:00:00Z`."""
    return datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _read_if(moment: str | None) -> datetime | None:
    return None if moment is None else read_time(moment)
