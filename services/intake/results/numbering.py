"""The numbers of an organisation's feed, given in the transaction that stores an end or a notice.

Each organisation has numbers of its own; an erasure takes a new one, so that whoever was told of a result is told
that it is gone (GDPR Art. 19). One transaction writes at a time, so no lower number appears after a higher
one was read.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.purposes import INDIVIDUALS
from services.intake.tables import assessments, feeds


async def number(connection: AsyncConnection, one_by_one: Sequence[tuple[str, str]]) -> None:
    """Number these, each an organisation and an assessment's id, within the caller's transaction.

    Who came by themselves is in no feed.
    """
    by_tenant: defaultdict[str, list[str]] = defaultdict(list)
    for tenant, assessment in one_by_one:
        if tenant != INDIVIDUALS:
            by_tenant[tenant].append(assessment)
    numbers = []
    for tenant, ids in by_tenant.items():
        first = await advance(connection, tenant, len(ids)) - len(ids) + 1
        numbers += [{"wanted": one, "number": first + step} for step, one in enumerate(ids)]
    if numbers:
        statement = update(assessments).where(assessments.c.id == bindparam("wanted"))
        await connection.execute(statement.values(sequence=bindparam("number")), numbers)


async def advance(connection: AsyncConnection, tenant: str, count: int) -> int:
    """The last of `count` new numbers, within the caller's transaction."""
    last: int | None = await connection.scalar(
        update(feeds).where(feeds.c.tenant == tenant).values(last=feeds.c.last + count).returning(feeds.c.last)
    )
    if last is None:
        await connection.execute(insert(feeds).values(tenant=tenant, last=count))
        return count
    return last
