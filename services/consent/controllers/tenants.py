"""Tenants: organisations that hand in for their people, and `individuals`, who hand in for themselves."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.crypto.root_key import SECRET_BYTES, RootKey, unwrap, wrap
from infra.crypto.subkeys import derive, key_id
from infra.db.engine import Database
from schemas.events import Revoked
from schemas.keys import BATCH, RegisterTenant, TenantDomain, TenantKey
from schemas.privacy_request import REQUEST_TYPES
from schemas.purposes import EMPLOYER_BASES, INDIVIDUALS, LegalBasis
from services.consent import ledger
from services.consent.entries import entry
from services.consent.ledger_records import LEDGER
from services.consent.outboxes import Outboxes
from services.consent.tables import persons, registrations, tenants


class UnknownTenant(Exception):
    """No organisation of this name is registered."""


@dataclass(frozen=True, slots=True)
class Registration:
    """An organisation's newest registration: who it is, on what basis and under which notice it hands its people in,
    and what it has instructed (see `schemas.keys.RegisterTenant`).
    """

    registration_id: str
    controller: str
    basis: LegalBasis
    notice: str
    contact: str = ""
    agreement: str | None = None
    instructs: tuple[str, ...] = ()
    research: bool = False

    def says(self, asked: RegisterTenant) -> bool:
        """Whether these are its terms already."""
        return self == Registration(self.registration_id, **_terms(asked))


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant with the key of its handles, which is also the root of its own subkeys; `registration` is None for
    `individuals`.
    """

    name: str
    handle_key: bytes
    registration: Registration | None
    ended: bool = False

    def key(self, domain: TenantDomain) -> TenantKey:
        """What opens nothing of any person: for what is kept over all of the tenant's, the same in every epoch."""
        return TenantKey(key_id(self.handle_key), derive(self.handle_key, domain))


class Tenants:
    """The registered tenants, kept in memory once they have been read: one instance owns the database."""

    def __init__(self, database: Database, root: RootKey, outboxes: Outboxes) -> None:
        self._database = database
        self._root = root
        self._outboxes = outboxes
        self._known: dict[str, Tenant] = {}

    async def open(self) -> None:
        """Make the tenant `individuals` where it is missing, and read all others."""
        async with self._database.write() as connection:
            await self._ensure(connection, INDIVIDUALS)
            names = (await connection.scalars(select(tenants.c.tenant))).all()
            for name in names:
                self._known[name] = await self._read(connection, name)

    def find(self, name: str) -> Tenant:
        """The tenant, or UnknownTenant."""
        try:
            return self._known[name]
        except KeyError as error:
            raise UnknownTenant(name) from error

    async def register(self, asked: RegisterTenant) -> None:
        """Register an organisation, or its new terms. The same terms again change nothing.

        What was handed in under earlier terms stays under them.
        """
        if asked.tenant == INDIVIDUALS:
            raise ValueError(f"{INDIVIDUALS} is the tenant of those who come by themselves; choose another name")
        _demand_terms(asked)
        known = self._known.get(asked.tenant)
        if known and known.registration and known.registration.says(asked) and not known.ended:
            return
        async with self._database.write() as connection:
            await self._ensure(connection, asked.tenant)
            await connection.execute(update(tenants).where(tenants.c.tenant == asked.tenant).values(ended_at=None))
            at, sequence = written(now()), await ledger.advance(connection)
            await connection.execute(
                insert(registrations).values(
                    id=secrets.token_hex(16),
                    tenant=asked.tenant,
                    controller=asked.controller,
                    legal_basis=asked.legal_basis,
                    notice=asked.notice,
                    registered_at=at,
                    contact=asked.contact,
                    agreement=asked.agreement,
                    instructs=" ".join(asked.instructs),
                    research=asked.research,
                    sequence=sequence,
                )
            )
            if known and known.registration and known.registration.research and not asked.research:
                await self._void_research(connection, asked.tenant, sequence)
            await self._outboxes.record(connection, [entry("configuration-changed", at, "operator")])
            fresh = await self._read(connection, asked.tenant)
        self._known[asked.tenant] = fresh

    async def end(self, name: str) -> None:
        """End an organisation's contract: nothing more is handed in, and the sweep erases all of its people (Art.
        28(3)(g)). A second time changes nothing. Raises UnknownTenant.
        """
        if name == INDIVIDUALS:
            raise UnknownTenant(name)
        if self.find(name).ended:
            return
        async with self._database.write() as connection:
            at = written(now())
            await connection.execute(update(tenants).where(tenants.c.tenant == name).values(ended_at=at))
            await self._outboxes.record(connection, [entry("configuration-changed", at, "operator")])
            fresh = await self._read(connection, name)
        self._known[name] = fresh

    def living(self, name: str) -> Tenant:
        """The tenant, if it may hand in; else UnknownTenant."""
        tenant = self.find(name)
        if tenant.ended:
            raise UnknownTenant(name)
        return tenant

    def keys(self, names: Sequence[str], domain: TenantDomain) -> dict[str, TenantKey]:
        """The keys of those that are known, ended ones included."""
        return {name: self._known[name].key(domain) for name in names if name in self._known}

    def all(self) -> Sequence[Tenant]:
        """Every tenant, by name."""
        return [self._known[name] for name in sorted(self._known)]

    async def _void_research(self, connection: AsyncConnection, tenant: str, sequence: int) -> None:
        """Revoke what was released for research before the organisation took its instruction back.

        Who is not active has no such key, and a revocation of theirs that says more stays the last one.
        """
        agreed = LEDGER.c.purpose == "research", LEDGER.c.state == "given"
        active = persons.c.tenant == tenant, persons.c.state == "active"
        found = select(LEDGER.c.alias).join(persons, persons.c.alias == LEDGER.c.alias).where(*agreed, *active)
        aliases = list(dict.fromkeys(await connection.scalars(found)))
        for start in range(0, len(aliases), BATCH):
            those = await ledger.standings(connection, aliases[start : start + BATCH])
            for alias, standing in those.items():
                await self._outboxes.revoke(connection, alias, Revoked(sequence, "withdrawn", standing.withdrawn))

    async def _ensure(self, connection: AsyncConnection, name: str) -> None:
        if await connection.scalar(select(tenants.c.tenant).where(tenants.c.tenant == name)) is None:
            epoch = self._root.epoch
            key = wrap(self._root.tenant_key(epoch, name), os.urandom(SECRET_BYTES), _owner(name))
            await connection.execute(insert(tenants).values(tenant=name, epoch=epoch, handle_key=key))

    async def _read(self, connection: AsyncConnection, name: str) -> Tenant:
        row = (await connection.execute(select(tenants).where(tenants.c.tenant == name))).one()
        key = unwrap(self._root.tenant_key(row.epoch, name), bytes(row.handle_key), _owner(name))
        newest = (
            await connection.execute(
                select(registrations)
                .where(registrations.c.tenant == name)
                .order_by(registrations.c.sequence.desc())
                .limit(1)
            )
        ).one_or_none()
        return Tenant(name, key, registration_of(newest) if newest else None, row.ended_at is not None)


async def rewrap_tenants(connection: AsyncConnection, root: RootKey) -> None:
    """Wrap the handle keys in the current epoch, where they are not; they themselves stay."""
    rows = (await connection.execute(select(tenants).where(tenants.c.epoch < root.epoch))).all()
    for row in rows:
        owner = _owner(row.tenant)
        key = unwrap(root.tenant_key(row.epoch, row.tenant), bytes(row.handle_key), owner)
        anew = wrap(root.tenant_key(root.epoch, row.tenant), key, owner)
        await connection.execute(
            update(tenants).where(tenants.c.tenant == row.tenant).values(epoch=root.epoch, handle_key=anew)
        )


def registration_of(row: Row[Any]) -> Registration:
    """A row of `registrations`."""
    return Registration(
        row.id,
        row.controller,
        row.legal_basis,
        row.notice,
        row.contact,
        row.agreement,
        tuple(row.instructs.split()),
        row.research,
    )


def _terms(asked: RegisterTenant) -> dict[str, Any]:
    return {
        "controller": asked.controller,
        "basis": asked.legal_basis,
        "notice": asked.notice,
        "contact": asked.contact,
        "agreement": asked.agreement,
        "instructs": asked.instructs,
        "research": asked.research,
    }


def _demand_terms(asked: RegisterTenant) -> None:
    """Raise ValueError, saying what would be right."""
    if asked.legal_basis not in EMPLOYER_BASES:
        raise ValueError(f"An organisation may rest on {', '.join(EMPLOYER_BASES)}, not on {asked.legal_basis}")
    if asked.legal_basis == "employment-law" and not asked.agreement:
        raise ValueError("employment-law (Art. 88) needs its works-council agreement or national law by reference")
    if unknown := set(asked.instructs) - set(REQUEST_TYPES):
        raise ValueError(f"There is no request {sorted(unknown)[0]}; known are {', '.join(REQUEST_TYPES)}")


def _owner(tenant: str) -> str:
    return f"handles/{tenant}"
