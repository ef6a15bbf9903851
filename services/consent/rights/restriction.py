"""Restriction (GDPR Art. 18), its end, and objection (Art. 21): carried out at once, in the transaction that asks.

A restriction holds back whatever the purpose table stops for a restricted person; while an erasure is pending, which
is narrower, it waits beneath it. An objection ends every purpose, or one, that rests on Art. 6(1)(e) or (f).
"""

from collections.abc import Iterable
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.events import Revoked
from schemas.keys import RecordDraft
from schemas.purposes import LEGAL_BASES, PersonState, Purpose
from services.consent import ledger
from services.consent.entries import Actor
from services.consent.ledger import Ground, Standing
from services.consent.ledger_records import LEDGER, end_records
from services.consent.outboxes import Outboxes
from services.consent.purpose_table import can_be_objected_to
from services.consent.rights.filed import Filed, Filing, State, first, living, new_request
from services.consent.rights.notices import Notices
from services.consent.rights.refusal import RightRefused
from services.consent.tables import persons, requests

RightType = Literal["restriction", "restriction-lift", "objection"]
_OBJECTABLE = tuple(basis for basis in LEGAL_BASES if can_be_objected_to(basis))


class NotRestricted(RightRefused):
    """There is no restriction to lift."""

    kind, title = "not-restricted", "Not restricted"


class NotObjectable(RightRefused):
    """Nothing, or not this purpose, rests on a basis that can be objected to."""

    kind, title = "not-objectable", "Cannot be objected to"


class Rights:
    """The rights of single persons, who have proved who they are; an alias is theirs."""

    def __init__(self, database: Database, filing: Filing, outboxes: Outboxes, notices: Notices) -> None:
        self._database = database
        self._filing = filing
        self._outboxes = outboxes
        self._notices = notices

    async def restrict(self, alias: str, actor: Actor = "person", *, within: AsyncConnection | None = None) -> Filed:
        """Restrict all processing but what the purpose table names. While one is in force it is that one."""
        async with self._database.write(within) as connection:
            standing = await living(connection, alias)
            if (known := await _in_force(connection, alias)) is not None:
                return known
            sequence = await ledger.advance(connection)
            await _set_state(connection, standing, "restricted")
            await self._outboxes.revoke(connection, alias, Revoked(sequence, "restricted", standing.withdrawn))
            return await self._keep(connection, standing, "restriction", "in-force", actor=actor)

    async def lift(self, alias: str, actor: Actor = "person", *, within: AsyncConnection | None = None) -> Filed:
        """End the restriction. Raises NotRestricted."""
        async with self._database.write(within) as connection:
            standing = await living(connection, alias)
            known = await demand_restricted(connection, alias)
            await ledger.advance(connection)
            await _set_state(connection, standing, "active")
            await connection.execute(update(requests).where(requests.c.id == known.request).values(state="over"))
            return await self._keep(connection, standing, "restriction-lift", "complete", actor=actor)

    async def object(
        self,
        alias: str,
        purpose: Purpose | None = None,
        actor: Actor = "person",
        *,
        within: AsyncConnection | None = None,
    ) -> Filed:
        """Object to one purpose, or to all that can be objected to. Raises NotObjectable."""
        async with self._database.write(within) as connection:
            standing = await living(connection, alias)
            grounds = _objected(standing, purpose)
            sequence, at = await ledger.advance(connection), written(now())
            own = LEDGER.c.alias == alias, LEDGER.c.legal_basis.in_(_OBJECTABLE)
            known = set(await connection.scalars(select(LEDGER.c.purpose).where(LEDGER.c.state == "given", *own)))
            # What the organisation's registration gave gets a record of the person's own, which governs from now on.
            inherited = [(alias, _draft(name, ground)) for name, ground in grounds.items() if name not in known]
            await ledger.give(connection, inherited, at, sequence)
            await end_records(connection, "objected", at, *own, LEDGER.c.purpose.in_(list(grounds)))
            await self._outboxes.revoke(connection, alias, Revoked(sequence, "objected", standing.withdrawn))
            return await self._keep(connection, standing, "objection", "complete", grounds, actor=actor)

    async def _keep(
        self,
        connection: AsyncConnection,
        standing: Standing,
        kind: RightType,
        state: State,
        purposes: Iterable[Purpose] = (),
        *,
        actor: Actor,
    ) -> Filed:
        carried_out = Filed(new_request(), kind, state, moment := now(), moment)
        named = [("purpose", name) for name in sorted(purposes)]
        filed = await self._filing.file(connection, standing, carried_out, named, actor)
        await self._filing.record_closed(connection, standing, filed, "carried-out")
        await self._notices.issue(connection, standing, filed)
        return filed


async def demand_restricted(connection: AsyncConnection, alias: str) -> Filed:
    """The restriction that is in force. Raises NotRestricted."""
    known = await _in_force(connection, alias)
    if known is None:
        raise NotRestricted("No restriction is in force.")
    return known


async def _set_state(connection: AsyncConnection, standing: Standing, state: PersonState) -> None:
    """Set the person's state, or, beneath a pending erasure, the one to which its cancellation leads back."""
    if standing.state == "erasure-pending":
        pending = requests.c.alias == standing.alias, requests.c.type == "erasure", requests.c.state == "pending"
        await connection.execute(update(requests).where(*pending).values(prior_state=state))
    else:
        await connection.execute(update(persons).where(persons.c.alias == standing.alias).values(state=state))


def objectable(standing: Standing) -> dict[Purpose, Ground]:
    """What goes on and can be objected to."""
    return {
        name: ground
        for name, ground in standing.grounds.items()
        if ground.state == "given" and can_be_objected_to(ground.basis)
    }


def _objected(standing: Standing, purpose: Purpose | None) -> dict[Purpose, Ground]:
    found = {name: ground for name, ground in objectable(standing).items() if purpose in (None, name)}
    if not found:
        what = "Nothing" if purpose is None else f"{purpose} does not rest, or no longer rests, on a basis that"
        raise NotObjectable(
            f"{what} can be objected to (GDPR Art. 21(1): public task or legitimate interest); consent is withdrawn."
        )
    return found


def _draft(purpose: Purpose, ground: Ground) -> RecordDraft:
    return RecordDraft(purpose, ground.basis, ground.notice, ground.language)


async def _in_force(connection: AsyncConnection, alias: str) -> Filed | None:
    own = requests.c.alias == alias
    return await first(connection, own, requests.c.type == "restriction", requests.c.state == "in-force")
