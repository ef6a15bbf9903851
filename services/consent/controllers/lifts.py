"""The end of a restriction at the employer's wish: the employee is told before it ends (GDPR Art. 18(3)).

The employer announces it, and the restriction stays. It ends on the employer's word, which counts once the employee
has seen the announcement here, or the employer says when it told the employee itself. Whatever else it asked for on
an employee's behalf is told when the employee first reads of it here, and that is kept as well.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from schemas.employees import AskedBy, Forwarded
from schemas.entry import EntryType
from services.consent.controllers.queue import Queue, Wanted
from services.consent.entries import Actor
from services.consent.erasure.cases import read_time
from services.consent.ledger import Standing
from services.consent.rights.filed import Filing
from services.consent.rights.restriction import demand_restricted
from services.consent.tables import instructions

_WAITING = (
    instructions.c.type == "restriction-lift",
    instructions.c.asked_by == "organisation",
    instructions.c.state == "waiting",
)
_ACTORS: dict[AskedBy, Actor] = {"employee": "person", "organisation": "organisation"}


class NotTold(Exception):
    """The employee has not been told that the restriction is to end. Says what would be right."""


def is_announced(one: Forwarded) -> bool:
    """Whether it announces the end of a restriction, or did."""
    return one.type == "restriction-lift" and one.asked_by == "organisation"


def is_untold(one: Forwarded) -> bool:
    """Whether its employee is still to be told what the organisation asked for; an end that has come is no news."""
    asked = one.asked_by == "organisation" and one.told_at is None
    return asked and (one.state == "waiting" or not is_announced(one))


class Lifts:
    """What is announced, and that it was told, each with its entry, within the caller's transaction."""

    def __init__(self, queue: Queue, filing: Filing) -> None:
        self._queue = queue
        self._filing = filing

    async def announce(self, connection: AsyncConnection, standing: Standing) -> Forwarded:
        """Store the announcement; while one waits it is that one. Raises NotRestricted."""
        await demand_restricted(connection, standing.alias)
        if known := await self._queue.load(connection, instructions.c.alias == standing.alias, *_WAITING):
            return known[0]
        wanted = Wanted(standing.tenant, standing.alias, "restriction-lift", None, None, "organisation")
        minted = await self._queue.keep(connection, wanted, written(now()))
        await self._filing.record(connection, standing, "lift-announced", [("request", minted)], "organisation")
        return (await self._queue.load(connection, instructions.c.id == minted))[0]

    async def tell(
        self, connection: AsyncConnection, standing: Standing, one: Forwarded, by: AskedBy, at: datetime
    ) -> None:
        """Keep when the employee was told, by seeing it (`employee`) or by the employer; once told stays so."""
        if not is_untold(one):
            return
        told = {"told_at": written(at), "told_by": by}
        await connection.execute(update(instructions).where(instructions.c.id == one.id).values(**told))
        fields = [("request", one.id), ("told_at", told["told_at"])]
        kind: EntryType = "lift-told" if is_announced(one) else "request-told"
        await self._filing.record(connection, standing, kind, fields, _ACTORS[by])

    async def end(self, connection: AsyncConnection, alias: str, lift: str) -> None:
        """The restriction has ended by the request `lift`: what announces its end says nothing of a later one."""
        done = {"state": "carried-out", "decided_at": written(now()), "request": lift}
        await connection.execute(update(instructions).where(instructions.c.alias == alias, *_WAITING).values(**done))


def demand_told(one: Forwarded, told_at: str | None) -> datetime | None:
    """When the employer says that it told the employee, where nothing else is known. Raises NotTold."""
    if not is_untold(one):
        return None
    if told_at is None:
        raise NotTold(
            "The employee has not seen here that the restriction is to end (GDPR Art. 18(3)). Say as `told_at` when "
            "you told them yourself, or wait until they have seen it."
        )
    try:
        moment = read_time(told_at)
    except ValueError:
        raise NotTold("told_at is a time, such as 2026-11-23T18:00:00Z.") from None
    if moment > now():
        raise NotTold("told_at lies ahead: the employee is told before the restriction ends.")
    return moment
