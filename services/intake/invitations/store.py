"""The invitations that hold.

Whom one is for lies sealed under its code until the form is handed in, and its address for the call-back under
intake's own key. What became of it stands with the assessment of the same id.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from infra.db.engine import Database
from services.intake.tables import assessments, invitations


@dataclass(frozen=True, slots=True)
class Invitation:
    """`external_id` and `call_back` are sealed; `tries` and `due_at` are the call-back's. Times are text.

    `mac` is of what was asked for, under the secret of its Idempotency-Key.
    """

    id: str
    tenant: str
    digest: bytes
    external_id: bytes | None
    call_back: bytes | None
    created_at: str
    expires_at: str
    mac: bytes | None = None
    tries: int = 0
    due_at: str | None = None


class InvitationStore:
    """All invitations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, new: Invitation) -> Invitation:
        """Keep an invitation, once; gives the one that is kept under its id."""
        values = {name: getattr(new, name) for name in Invitation.__dataclass_fields__}
        dialect: Any = sqlite if self._database.is_sqlite else postgresql
        async with self._database.write() as connection:
            await connection.execute(dialect.insert(invitations).values(**values).on_conflict_do_nothing())
            row = (await connection.execute(select(invitations).where(invitations.c.id == new.id))).one()
        return _invitation(row)

    async def find(self, tenant: str, invitation: str) -> Invitation | None:
        """An organisation's own invitation."""
        return await self._first(invitations.c.id == invitation, invitations.c.tenant == tenant)

    async def of_code(self, digest: bytes, at: str) -> Invitation | None:
        """The invitation whose code this is, while it holds."""
        return await self._first(invitations.c.digest == digest, invitations.c.expires_at > at)

    async def used(self, invitation: str) -> None:
        """The form is handed in: forget whom it was for."""
        async with self._database.write() as connection:
            await connection.execute(
                update(invitations).where(invitations.c.id == invitation).values(external_id=None)
            )

    async def due(self, at: str, most: int, busy: Collection[str] = ()) -> dict[str, list[Invitation]]:
        """Those whose assessment has ended and whose call-back is due, by organisation: of each the oldest `most`.

        Organisations at work are left out.
        """
        oldest = (invitations.c.due_at, invitations.c.id)
        place = func.row_number().over(partition_by=invitations.c.tenant, order_by=oldest).label("place")
        ended = (
            select(invitations, place)
            .join(assessments, assessments.c.id == invitations.c.id)
            .where(invitations.c.due_at <= at, assessments.c.state != "accepted", invitations.c.tenant.not_in(busy))
            .subquery()
        )
        query = select(ended).where(ended.c.place <= most).order_by(ended.c.due_at, ended.c.id)
        found: dict[str, list[Invitation]] = {}
        async with self._database.read() as connection:
            for row in await connection.execute(query):
                found.setdefault(row.tenant, []).append(_invitation(row))
        return found

    async def tried(self, one: Invitation, due_at: str | None) -> None:
        """Keep a try of the call-back, and when the next is due; what was made due meanwhile stays so.

        With none the address is forgotten, unless there may be more to tell (`call_again`).
        """
        values: dict[str, object] = {"tries": one.tries + 1, "due_at": due_at}
        if due_at is None:
            values["call_back"] = case((_goes_on(), invitations.c.call_back), else_=None)
        untouched = invitations.c.id == one.id, invitations.c.due_at == one.due_at
        async with self._database.write() as connection:
            await connection.execute(update(invitations).where(*untouched).values(**values))

    async def forget(self, at: str) -> None:
        """Delete what no longer holds."""
        async with self._database.write() as connection:
            await connection.execute(delete(invitations).where(invitations.c.expires_at <= at))

    async def _first(self, *wanted: Any) -> Invitation | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(invitations).where(*wanted))).one_or_none()
        return None if row is None else _invitation(row)


def _goes_on() -> ColumnElement[bool]:
    """Of an invitation: a human may still decide on its result, or its failed assessment be taken up again."""
    undecided = and_(assessments.c.oversight.is_not(None), assessments.c.decision.is_(None))
    return exists().where(assessments.c.id == invitations.c.id, or_(assessments.c.state == "failed", undecided))


def _invitation(row: Any) -> Invitation:
    return Invitation(**{name: row._mapping[name] for name in Invitation.__dataclass_fields__})
