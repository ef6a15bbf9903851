"""Who restricted the processing of what is theirs: it is only stored (GDPR Art. 18(2)), so no storage time ends it.

Once the restriction is over the sweep takes what is due. That a contract has ended is another matter: then everything
is deleted (Art. 28(3)(g)).
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.consent.tables import persons


def not_restricted(alias: ColumnElement[str]) -> ColumnElement[bool]:
    """That whose alias this is has restricted nothing."""
    return ~exists().where(persons.c.alias == alias, persons.c.state == "restricted")


async def restricted_among(connection: AsyncConnection, aliases: Sequence[str]) -> frozenset[str]:
    """Those of these persons who have."""
    restricted = persons.c.alias.in_(aliases), persons.c.state == "restricted"
    return frozenset(await connection.scalars(select(persons.c.alias).where(*restricted)))
