"""The person behind an assessment or a request, whom the operator names by its id and in no other way."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.consent import ledger
from services.consent.ledger import Standing
from services.consent.tables import hand_ins, instructions, requests


class NobodyFound(LookupError):
    """No living person stands behind this assessment or request."""


async def person_behind(connection: AsyncConnection, found_by: str) -> Standing:
    """Who it is, as the ledger knows them. Raises NobodyFound."""
    alias: str | None = await connection.scalar(select(hand_ins.c.alias).where(hand_ins.c.event_id == found_by))
    for asked in (requests, instructions):
        alias = alias or await connection.scalar(select(asked.c.alias).where(asked.c.id == found_by))
    if alias is None:
        raise NobodyFound
    return await living_person(connection, alias)


async def living_person(connection: AsyncConnection, alias: str) -> Standing:
    """Where this person stands. Raises NobodyFound for the erased."""
    standing = (await ledger.standings(connection, [alias])).get(alias)
    if standing is None or standing.state == "erased":
        raise NobodyFound
    return standing
