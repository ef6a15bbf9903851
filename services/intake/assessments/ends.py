"""The ends of assessments. The first end counts; one that failed goes on when its dead letter is replayed."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.assessments.rows import Ended
from services.intake.invitations.call_again import call_again
from services.intake.tables import assessments

_CHUNK = 500


async def keep_ends(connection: AsyncConnection, ended: Sequence[Ended]) -> list[tuple[str, str]]:
    """Keep the ends of what has none yet; gives organisation and id of each, in the order in which they came."""
    unfinished = await _unfinished(connection, ended)
    first: dict[str, Ended] = {}
    for one in ended:
        if (one.id, one.alias) in unfinished and (one.id not in first or first[one.id].state == "failed"):
            first[one.id] = one
    rows = [
        {
            "wanted": one.id,
            "now": one.state,
            "at": one.ended_at,
            "why": one.reason,
            "sealed_result": one.result,
            "sealed_detail": one.detail,
            "entry": one.leaf,
            "partition": one.scored_partition,
            "place": one.scored_offset,
            "sealed_trail": one.trail,
            "sealed_oversight": one.oversight,
        }
        for one in first.values()
    ]
    if not rows:
        return []
    statement = (
        update(assessments)
        .where(assessments.c.id == bindparam("wanted"))
        .values(
            state=bindparam("now"),
            ended_at=bindparam("at"),
            reason=bindparam("why"),
            result=bindparam("sealed_result"),
            detail=bindparam("sealed_detail"),
            leaf=bindparam("entry"),
            scored_partition=bindparam("partition"),
            scored_offset=bindparam("place"),
            trail=bindparam("sealed_trail"),
            oversight=bindparam("sealed_oversight"),
        )
    )
    await connection.execute(statement, rows)
    await call_again(connection, [one.id for one in first.values() if unfinished[one.id, one.alias] == "failed"])
    return [(one.tenant, one.id) for one in first.values()]


async def _unfinished(connection: AsyncConnection, ended: Sequence[Ended]) -> dict[tuple[str, str], str]:
    """Id, alias and state of those without an end. One that failed goes on when its dead letter is replayed."""
    found: dict[tuple[str, str], str] = {}
    again = {one.id for one in ended if one.state != "failed"}
    for start in range(0, len(ended), _CHUNK):
        wanted = assessments.c.id.in_([one.id for one in ended[start : start + _CHUNK]])
        open_ = assessments.c.state.in_(("accepted", "failed"))
        query = select(assessments.c.id, assessments.c.alias, assessments.c.state).where(wanted, open_)
        rows = await connection.execute(query)
        found.update(((row.id, row.alias), row.state) for row in rows if row.state == "accepted" or row.id in again)
    return found
