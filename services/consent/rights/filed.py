"""Requests as they are stored, of every type but erasure: filed, shown, closed, each with its audit entry.

A request is `pending` until others are asked or the person has acted, `ordered` while others work on it, then
`complete` or `cancelled`; a restriction is `in-force` until it is `over`.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from schemas.entry import EntryType
from services.consent import ledger
from services.consent.entries import Actor, committed_entry
from services.consent.erasure.cases import read_time
from services.consent.keys.keystore import KeyStore
from services.consent.ledger import Standing
from services.consent.outboxes import Outboxes
from services.consent.rights.deadline import Clock, Extension
from services.consent.tables import requests

Kind = Literal["access", "portability", "rectification", "review", "restriction", "restriction-lift", "objection"]
State = Literal["pending", "ordered", "complete", "cancelled", "in-force", "over"]
Cause = Literal["asked", "rule", "self-test"]
"""Why there is a request: somebody asked, a rule calls for a human, or a canary is on its way."""
OPEN: Final[tuple[State, ...]] = ("pending", "ordered")


class AlreadyErased(Exception):
    """The person was erased while the request was on its way."""


@dataclass(frozen=True, slots=True)
class Filed:
    """One request. `assessment` is what is to be rectified or reviewed, or in the end what took its place;
    `statement` and `answer` are sealed.
    """

    request: str
    kind: Kind
    state: State
    opened_at: datetime
    completed_at: datetime | None = None
    alias: str | None = None
    assessment: str | None = None
    outcome: str | None = None
    statement: bytes | None = None
    answer: bytes | None = None
    extension: Extension | None = None
    cause: Cause = "asked"

    @property
    def clock(self) -> Clock:
        """The request's clock."""
        return Clock(self.opened_at, self.completed_at, self.extension)


class Filing:
    """Stores requests and their entries, within the caller's transaction."""

    def __init__(self, keystore: KeyStore, outboxes: Outboxes) -> None:
        self._keystore = keystore
        self._outboxes = outboxes

    async def file(
        self,
        connection: AsyncConnection,
        standing: Standing,
        filed: Filed,
        fields: Iterable[tuple[str, str]] = (),
        actor: Actor = "person",
    ) -> Filed:
        """Store a new request of this person; its entry `request-opened` commits to `fields` as well."""
        at = written(filed.opened_at)
        await connection.execute(
            insert(requests).values(
                id=filed.request,
                type=filed.kind,
                alias=standing.alias,
                tenant=standing.tenant,
                state=filed.state,
                prior_state=standing.state,
                opened_at=at,
                due_at=at,
                completed_at=None if filed.completed_at is None else written(filed.completed_at),
                assessment=filed.assessment,
                statement=filed.statement,
                cause=filed.cause,
            )
        )
        asked = [("request", filed.request), ("request_type", filed.kind), *fields]
        await self.record(connection, standing, "request-opened", asked, actor)
        return replace(filed, alias=standing.alias)

    async def close(
        self,
        connection: AsyncConnection,
        standing: Standing,
        filed: Filed,
        outcome: str,
        answer: bytes | None = None,
    ) -> None:
        """Complete an open request; its entry `request-closed` commits to the outcome."""
        ended = {"state": "complete", "completed_at": written(now()), "outcome": outcome, "answer": answer}
        await self._end(connection, filed, ended)
        await self.record_closed(connection, standing, filed, outcome)

    async def cancel(self, connection: AsyncConnection, standing: Standing, filed: Filed) -> None:
        """End an open request at its person's wish."""
        ended = {"state": "cancelled", "completed_at": written(now()), "outcome": "cancelled"}
        await self._end(connection, filed, ended)
        await self.record_closed(connection, standing, filed, "cancelled", "person")

    async def record_closed(
        self,
        connection: AsyncConnection,
        standing: Standing,
        filed: Filed,
        outcome: str,
        actor: Actor = "service:consent",
    ) -> None:
        """The entry of a request that is stored as ended."""
        fields = [("request", filed.request), ("outcome", outcome)]
        await self.record(connection, standing, "request-closed", fields, actor)

    async def record(
        self,
        connection: AsyncConnection,
        standing: Standing,
        entry_type: EntryType,
        fields: Sequence[tuple[str, str]],
        actor: Actor = "service:consent",
    ) -> None:
        """An entry about this person, committed to fields that only their key can show."""
        trail = self._keystore.trail_of(standing)
        await self._outboxes.record(
            connection, [committed_entry(entry_type, written(now()), actor, trail, fields, tenant=standing.tenant)]
        )

    async def _end(self, connection: AsyncConnection, filed: Filed, ended: Mapping[str, object]) -> None:
        await connection.execute(update(requests).where(requests.c.id == filed.request).values(**ended))


async def living(connection: AsyncConnection, alias: str) -> Standing:
    """Where the person stands. Raises AlreadyErased."""
    standing = (await ledger.standings(connection, [alias])).get(alias)
    if standing is None or standing.state == "erased":
        raise AlreadyErased
    return standing


async def set_ordered(connection: AsyncConnection, filed: Filed) -> None:
    """From now on others work on it."""
    await connection.execute(update(requests).where(requests.c.id == filed.request).values(state="ordered"))


async def run_since(connection: AsyncConnection, request: str, clock: Clock) -> None:
    """Let a request's clock run since it was first asked; where it runs for longer already it stays as it is."""
    younger = requests.c.id == request, requests.c.opened_at > written(clock.opened_at)
    await connection.execute(update(requests).where(*younger).values(opened_at=written(clock.opened_at)))


async def load(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Filed]:
    """The requests that fulfil the conditions, erasures and those of nobody aside, oldest first."""
    rows = await connection.execute(
        select(requests)
        .where(requests.c.type != "erasure", requests.c.state != "unproved", *conditions)
        .order_by(requests.c.opened_at, requests.c.id)
    )
    return [_filed(row) for row in rows]


async def first(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> Filed | None:
    """The oldest of them."""
    found = await load(connection, *conditions)
    return found[0] if found else None


def new_request() -> str:
    """An id: 128 random bits, which only its person is told."""
    return secrets.token_hex(16)


def _filed(row: Row[Any]) -> Filed:
    return Filed(
        row.id,
        row.type,
        row.state,
        read_time(row.opened_at),
        None if row.completed_at is None else read_time(row.completed_at),
        row.alias,
        row.assessment,
        row.outcome,
        row.statement,
        row.answer,
        None if row.extended_at is None else Extension(read_time(row.extended_at), row.extension),
        row.cause,
    )
