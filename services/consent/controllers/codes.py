"""The codes that led, or can lead, to an employee: who issued each, when, and when it was taken, for them to read.

Whoever takes a code is the employee from then on, and the organisation is the one who passes codes on. So once a
person filled in a form themself, by an invitation, their claim code is told to them there, at the hand-in, and nobody
is given another one: what they answered is not opened by a code that went through their employer. Whose every answer
came from the organisation may be given a code again, and sees that it was.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.consent.tables import codes, hand_ins

By = Literal["organisation", "hand-in"]


class Code(msgspec.Struct, frozen=True):
    """One code; `taken_at` is None until somebody has redeemed it."""

    issued_by: By
    issued_at: str
    taken_at: str | None


async def codes_of(connection: AsyncConnection, alias: str) -> Sequence[Code]:
    """All of one person, the oldest first."""
    own = select(codes).where(codes.c.alias == alias).order_by(codes.c.issued_at, codes.c.id)
    return [Code(row.issued_by, row.issued_at, row.taken_at) for row in await connection.execute(own)]


async def issued(connection: AsyncConnection, alias: str, at: str) -> None:
    """The organisation was given a code to pass on."""
    await connection.execute(
        insert(codes).values(id=secrets.token_hex(16), alias=alias, issued_by="organisation", issued_at=at)
    )


async def taken(connection: AsyncConnection, alias: str, digest: bytes, at: str) -> None:
    """Somebody has redeemed the code that was issued last; by its digest it is known as used from now on."""
    last = select(codes.c.id).where(codes.c.alias == alias, codes.c.taken_at.is_(None))
    newest = last.order_by(codes.c.issued_at.desc(), codes.c.id).limit(1).scalar_subquery()
    await connection.execute(update(codes).where(codes.c.id == newest).values(taken_at=at, digest=digest))


async def used_at(connection: AsyncConnection, digest: bytes) -> str | None:
    """When the code of this digest was redeemed; None where it was not, and of an erased person."""
    at: str | None = await connection.scalar(select(codes.c.taken_at).where(codes.c.digest == digest))
    return at


async def told_at_hand_ins(connection: AsyncConnection, told: Mapping[str, str], at: str) -> None:
    """These people were told their codes at their hand-ins; `told` gives the event by alias."""
    if told:
        kept = {"issued_by": "hand-in", "issued_at": at, "taken_at": at}
        rows = [{"id": secrets.token_hex(16), "alias": one, "event_id": event, **kept} for one, event in told.items()]
        await connection.execute(insert(codes), rows)


async def known_by(connection: AsyncConnection, aliases: Collection[str]) -> dict[str, str]:
    """Those of these people who hold a code, with the event at which they were told it, empty for a redeemed one.

    Who was told one at a hand-in was told it then, whatever was redeemed before or since.
    """
    if not aliases:
        return {}
    held = select(codes.c.alias, codes.c.event_id).where(codes.c.alias.in_(aliases), codes.c.taken_at.is_not(None))
    rows = (await connection.execute(held.order_by(codes.c.event_id.is_not(None)))).all()
    return {row.alias: row.event_id or "" for row in rows}


async def closed_since(connection: AsyncConnection, alias: str) -> str | None:
    """Since when nobody is given another code for this person; None while one can be issued."""
    invited = hand_ins.c.alias == alias, hand_ins.c.origin == "invitation"
    if await connection.scalar(select(hand_ins.c.event_id).where(*invited).limit(1)) is None:
        return None
    first: str | None = await connection.scalar(
        select(codes.c.taken_at)
        .where(codes.c.alias == alias, codes.c.taken_at.is_not(None))
        .order_by(codes.c.taken_at)
        .limit(1)
    )
    return first
