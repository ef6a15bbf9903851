"""The records that hold for one person, as they are told: their own, and what their organisation's terms gave."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from infra.db.engine import Database
from schemas.purposes import INDIVIDUALS
from services.consent.consents.given import Consent, own_records
from services.consent.consents.record import Recorded
from services.consent.controllers.controller import Party, Roles
from services.consent.controllers.tenants import Registration, registration_of
from services.consent.ledger import REGISTERED
from services.consent.retention.terms import storage_days
from services.consent.tables import persons, registrations


class ConsentRecords:
    """Records with their controller, ready to be exported. Callers have proved who they are; an alias is theirs."""

    def __init__(self, database: Database, operator: Party, service: str) -> None:
        self._database = database
        self._operator = operator
        self._service = service

    async def of(self, alias: str) -> Sequence[Recorded]:
        """All records, oldest first: what an organisation's registration gave stands before the person's own."""
        async with self._database.read() as connection:
            row = (await connection.execute(_REGISTERED_UNDER.where(persons.c.alias == alias))).one_or_none()
            own = await own_records(connection, alias)
            roles = self._roles(row)
            held = [*([] if row is None else _inherited(row)), *own]
            tenant = INDIVIDUALS if row is None else row.tenant
            days = {one.purpose: await storage_days(connection, tenant, one.purpose) for one in held}
        return [self._recorded(record, roles, days[record.purpose]) for record in held]

    async def find(self, alias: str, record_id: str) -> Recorded | None:
        """One record of this person; None for one of somebody else too."""
        return next((record for record in await self.of(alias) if record.record_id == record_id), None)

    def _roles(self, row: Row[Any] | None) -> Roles:
        if row is None:
            return Roles(self._operator)
        return roles_of(registration_of(row), self._operator)

    def _recorded(self, record: Consent, roles: Roles, days: int) -> Recorded:
        return Recorded(
            record.record_id,
            record.purpose,
            record.legal_basis,
            record.state,
            record.notice,
            record.language,
            record.given_at,
            record.ended_at,
            roles,
            days,
            self._service,
        )


_REGISTERED_UNDER = select(registrations).join(persons, persons.c.registration == registrations.c.id)


def roles_of(registration: Registration, operator: Party) -> Roles:
    """An organisation is the controller, the operator its processor."""
    return Roles(Party(registration.controller, registration.contact), operator, registration.agreement)


def _inherited(row: Row[Any]) -> list[Consent]:
    """What the registration gives; its id is the registration's with the purpose."""
    return [
        Consent(f"{row.id}-{purpose}", purpose, row.legal_basis, "given", row.notice, "", row.registered_at, None)
        for purpose in sorted(REGISTERED)
    ]
