"""What is told once more: a result that a human has decided on, and the end of what had failed before."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from services.intake.tables import invitations

_LATER = timedelta(seconds=1)
"""Times are written to the second: it is due after any try under way, which does not take it for its own."""


async def call_again(connection: AsyncConnection, ids: Sequence[str]) -> None:
    """Make the call-backs of these assessments due, within the caller's transaction, where their address is kept."""
    if ids:
        again = update(invitations).where(invitations.c.id.in_(ids), invitations.c.call_back.is_not(None))
        await connection.execute(again.values(due_at=written(now() + _LATER), tries=0))


async def forget_told(connection: AsyncConnection, ids: Sequence[str]) -> None:
    """Forget the addresses that were told of these assessments and are told no more: their person is gone."""
    told = invitations.c.id.in_(ids), invitations.c.due_at.is_(None)
    await connection.execute(update(invitations).where(*told).values(call_back=None))
