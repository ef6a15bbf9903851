"""The state that the operator answers for, in one document: what generated documents and the report show."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.engine import Database
from schemas.purposes import LegalBasis
from schemas.transfers import Transfer
from services.consent.controllers.controller import Party
from services.consent.controllers.tenants import Tenant
from services.consent.controllers.transfers import transfers_of
from services.consent.erasure.canary import no_canary
from services.consent.keys.epochs import Epoch, all_epochs
from services.consent.paperwork.affected import AffectedPeople, Exposure, affected
from services.consent.paperwork.outside import Outside
from services.consent.retention.holds import Hold
from services.consent.retention.terms import Category, all_kept_days
from services.consent.rights.open_requests import Ended, OpenRequest, ended_requests, open_requests
from services.consent.stores import Stores
from services.consent.tables import persons


class TenantState(msgspec.Struct, frozen=True):
    """A tenant; terms are None for individuals, whose controller is the operator."""

    tenant: str
    people: int
    kept_days: dict[Category, int]
    ended: bool = False
    controller: str | None = None
    contact: str = ""
    legal_basis: LegalBasis | None = None
    agreement: str | None = None
    notice: str | None = None
    instructs: tuple[str, ...] = ()
    research: bool = False
    transfers: tuple[Transfer, ...] = ()


class PrivacyState(msgspec.Struct, frozen=True):
    """Times are written `2026-11-23T18:00:00Z`. `keys_gone_days` is how many days after an erasure every copy of its
    key in a backup opens nothing at the latest; None where the root key is rotated by command only.
    """

    operator: Party
    erasure_window_seconds: int
    backup_window_days: int
    keys_gone_days: int | None
    tenants: tuple[TenantState, ...]
    requests: tuple[OpenRequest, ...]
    holds: tuple[Hold, ...]
    epochs: tuple[Epoch, ...]
    ended: tuple[Ended, ...] = ()
    outside: tuple[Outside, ...] = ()


@dataclass(frozen=True, slots=True)
class PrivacyStates:
    """Reads the state."""

    stores: Stores
    operator: Party
    erasure_window_seconds: int
    outside: tuple[Outside, ...] = ()

    async def state(self) -> PrivacyState:
        """As of now."""
        async with self._database.read() as connection:
            people = await _people(connection)
            tenants = [await _tenant(connection, one, people) for one in self.stores.tenants.all()]
            opened, ended = await open_requests(connection), await ended_requests(connection)
            epochs = tuple(await all_epochs(connection))
        return PrivacyState(
            self.operator,
            self.erasure_window_seconds,
            self.stores.terms.window.days,
            None if self.stores.terms.longest is None else self.stores.terms.longest.days,
            tuple(tenants),
            tuple(opened),
            tuple(await self.stores.holds.standing()),
            epochs,
            tuple(ended),
            self.outside,
        )

    async def affected(self, exposure: Exposure) -> AffectedPeople:
        """The living whom a breach concerns."""
        async with self._database.read() as connection:
            return await affected(connection, exposure)

    @property
    def _database(self) -> Database:
        return self.stores.database


async def _people(connection: AsyncConnection) -> dict[str, int]:
    """The living, canaries aside."""
    living = select(persons.c.tenant, func.count()).where(persons.c.state != "erased", no_canary())
    counted = living.group_by(persons.c.tenant)
    return {row[0]: row[1] for row in await connection.execute(counted)}


async def _tenant(connection: AsyncConnection, tenant: Tenant, people: dict[str, int]) -> TenantState:
    days = await all_kept_days(connection, tenant.name)
    terms = tenant.registration
    if terms is None:
        return TenantState(tenant.name, people.get(tenant.name, 0), days)
    return TenantState(
        tenant.name,
        people.get(tenant.name, 0),
        days,
        tenant.ended,
        terms.controller,
        terms.contact,
        terms.basis,
        terms.agreement,
        terms.notice,
        terms.instructs,
        terms.research,
        await transfers_of(connection, tenant.name),
    )
