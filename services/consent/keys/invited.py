"""Employees who were invited to fill in the form: who of them is told their claim code at the hand-in, and who has to
prove it.

The code is told to the first who fills in the form for an employee who has none yet. From then on a hand-in for the
same employee, which the organisation could start as well as they, needs that code.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.crypto.claim_code import NotAClaimCode, canonical
from schemas.keys import NewPerson
from services.consent.controllers.codes import known_by, told_at_hand_ins
from services.consent.controllers.tenants import Tenant
from services.consent.keys.handles import handle
from services.consent.tables import handles, invitations

NEEDED = "claim-code-needed"


@dataclass(frozen=True, slots=True)
class Guests:
    """What the ledger knows of invited people: `held` gives by alias the event at which they were told their code,
    `proved` by event whose code came with it, `alias` by event who each is.
    """

    alias: Mapping[str, str]
    held: Mapping[str, str]
    proved: Mapping[str, str]

    @property
    def refused(self) -> dict[str, str]:
        """The events of those who have a code and did not bring it, with the reason."""
        return {
            event: NEEDED
            for event, alias in self.alias.items()
            if not self._is_told(event, alias) and self.proved.get(event) != alias
        }

    @property
    def told(self) -> frozenset[str]:
        """The events of those who are told their code, a repetition included."""
        return frozenset(event for event, alias in self.alias.items() if self._is_told(event, alias))

    def _is_told(self, event: str, alias: str) -> bool:
        return self.held.get(alias, event) == event


async def guests(
    connection: AsyncConnection, individuals: Tenant, people: Sequence[NewPerson], answers: Mapping[str, str | None]
) -> Guests:
    """What is known of those of these people who were invited; `answers` gives their alias by event."""
    own = [person for person in people if person.invited]
    alias = {one.event_id: found for one in own if (found := answers.get(one.event_id)) is not None}
    if not alias:
        return Guests({}, {}, {})
    held = await known_by(connection, set(alias.values()))
    return Guests(alias, held, await _proved(connection, individuals, own))


async def tell(
    connection: AsyncConnection, individuals: Tenant, told: Mapping[str, str], codes: Mapping[str, str], at: str
) -> None:
    """Let these people be known by their codes, and end single-use codes from before.

    `told` gives the event by alias, and `codes` the claim code.
    """
    await told_at_hand_ins(connection, told, at)
    await connection.execute(delete(invitations).where(invitations.c.alias.in_(told)))
    place = {"tenant": individuals.name, "kind": "employee-code"}
    digests = {alias: _digest(individuals, codes[alias]) for alias in told}
    await connection.execute(insert(handles), [{**place, "digest": digests[one], "alias": one} for one in told])


async def _proved(connection: AsyncConnection, individuals: Tenant, own: Collection[NewPerson]) -> dict[str, str]:
    digests = {}
    for person in own:
        try:
            digests[_digest(individuals, person.claim_code or "")] = person.event_id
        except NotAClaimCode:
            continue
    known = handles.c.tenant == individuals.name, handles.c.kind == "employee-code", handles.c.digest.in_(digests)
    rows = await connection.execute(select(handles.c.digest, handles.c.alias).where(*known))
    return {digests[bytes(row.digest)]: row.alias for row in rows}


def _digest(individuals: Tenant, code: str) -> bytes:
    return handle(individuals.handle_key, "employee-code", canonical(code))
