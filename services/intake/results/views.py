"""Who looked at what: each view of an opened payload leaves one entry, and nothing is shown before it is stored.

A person's view (`viewed`) binds what was shown in salted fields. An organisation's (`delivered`) has no key to salt
with: its cause is the score in the log, whose own fields name the organisation, and its payload is the hash of the
ciphertext that was opened. Entries that come while a transaction is under way go together in the next.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import structlog
from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.crypto.salted_fields import commit, salted
from infra.db.engine import Database
from infra.kafka.entry_outbox import EntryOutbox, NewEntry
from infra.version import SOFTWARE
from schemas.entry import leaf, payload_name, role
from schemas.events import Cause
from schemas.keys import Subkey
from schemas.purposes import INDIVIDUALS
from schemas.topics import SCORED
from services.intake.assessments.rows import Row
from services.intake.tables import assessments, deliveries

SOURCE = "intake"
"""The outbox of the audit entries, as the log names its source."""
_MOST = 500
Beside = Callable[[AsyncConnection], Awaitable[None]]
"""What else is written in the transaction that stores the entries."""
What = Literal["result", "detail"]
"""What of a decision an organisation is told."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """The entry of a view; of a delivery also what of which assessment was told, and when, for its person to read."""

    entry: NewEntry
    row: Row | None = None
    what: What = "result"
    at: str = ""


class NotRecorded(Exception):
    """The entries of a view could not be stored: nothing of it may be shown."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    views: Sequence[Seen]
    beside: Beside | None
    stored: "asyncio.Future[None]"


class Views:
    """Stores entries of views, those that come together in one transaction."""

    def __init__(self, database: Database, outbox: EntryOutbox) -> None:
        self._database = database
        self._outbox = outbox
        self._waiting: list[_Waiting] = []
        self._storing: asyncio.Task[None] | None = None

    async def seen(self, views: Sequence[Seen], beside: Beside | None = None) -> None:
        """Return when the views are stored. Raises NotRecorded."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(views, beside, stored))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store())
        try:
            await stored
        except (SQLAlchemyError, OSError) as error:
            log.error("view-not-recorded", kind=type(error).__name__)
            raise NotRecorded from None

    async def _store(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            try:
                async with self._database.write() as connection:
                    views = [view for one in batch for view in one.views]
                    await self._outbox.put(connection, [view.entry for view in views])
                    await _keep(connection, [view for view in views if view.row is not None])
                    for one in batch:
                        if one.beside is not None:
                            await one.beside(connection)
            except Exception as error:
                _settle(batch, error)
            else:
                _settle(batch, None)
                self._outbox.wake()


def viewed(what: str, rows: Sequence[Row], trail: Subkey) -> Seen:
    """A person saw `what` of their own assessments."""
    minted, at = secrets.token_hex(16), written(now())
    fields = [("what", what.encode()), ("assessments", " ".join(row.id for row in rows).encode())]
    bound = commit(salted(trail, minted, fields))
    cause = cause_of(rows[0]) if len(rows) == 1 else None
    actor = role("person", rows[0].tenant if rows else INDIVIDUALS)
    entry = leaf("viewed", minted, at, actor, SOFTWARE, cause=cause, commitment=bound)
    return Seen(NewEntry(minted, entry))


def delivered(row: Row, sealed: bytes, what: What = "result") -> Seen:
    """An organisation got what this ciphertext holds."""
    minted, at, actor = secrets.token_hex(16), written(now()), role("organisation", row.tenant)
    payload = payload_name(sealed)
    entry = leaf("delivered", minted, at, actor, SOFTWARE, cause=cause_of(row), payload=payload)
    return Seen(NewEntry(minted, entry), row, what, at)


def aggregated(tenant: str, body: bytes) -> Seen:
    """An organisation was told figures over many: bound by the hash of what it was sent, with no score as cause."""
    minted, at, actor = secrets.token_hex(16), written(now()), role("organisation", tenant)
    payload = payload_name(body)
    return Seen(NewEntry(minted, leaf("delivered", minted, at, actor, SOFTWARE, payload=payload)))


def cause_of(row: Row) -> Cause | None:
    """Where the score of an assessment stands; None for one that was stored before that was kept."""
    if row.scored_partition is None or row.scored_offset is None:
        return None
    return Cause(SCORED.name, row.scored_partition, row.scored_offset)


async def _keep(connection: AsyncConnection, views: Sequence[Seen]) -> None:
    """Keep for their persons what was told of them; nothing of those who were erased meanwhile."""
    told = [(view, view.row) for view in views if view.row is not None]
    wanted = assessments.c.id.in_([row.id for _, row in told]), assessments.c.alias.is_not(None)
    living = set(await connection.scalars(select(assessments.c.id).where(*wanted))) if told else set()
    rows = [
        {
            "entry_id": view.entry.entry_id,
            "assessment": row.id,
            "alias": row.alias,
            "what": view.what,
            "at": view.at,
        }
        for view, row in told
        if row.id in living
    ]
    if rows:
        await connection.execute(insert(deliveries), rows)


def _settle(batch: Sequence[_Waiting], error: Exception | None) -> None:
    for one in batch:
        if one.stored.done():
            continue
        if error is None:
            one.stored.set_result(None)
        else:
            one.stored.set_exception(error)
