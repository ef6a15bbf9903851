"""Employees as an organisation names them, and the single-use codes by which they prove who they are.

The organisation obtains a code and passes it on. Who redeems it gets the employee's claim code: from then on it is
the employee who asks, and not the organisation. A code is random, stored as a keyed hash only, and gone once used.
Who filled in the form by an invitation was told their claim code there, and no other is issued (`controllers.codes`).
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.crypto.claim_code import NotAClaimCode, canonical, random_code
from infra.db.engine import Database
from schemas.employees import Invited
from schemas.purposes import INDIVIDUALS
from services.consent import ledger
from services.consent.controllers import codes
from services.consent.controllers.tenants import Tenants
from services.consent.entries import committed_entry
from services.consent.keys.handles import HandleKind, handle
from services.consent.keys.keystore import KeyStore
from services.consent.outboxes import Outboxes
from services.consent.retention.terms import kept_days
from services.consent.tables import handles, invitations


class CodeUsed(Exception):
    """The single-use code was redeemed before; says when. Only who holds it is told."""

    def __init__(self, at: str) -> None:
        super().__init__(f"This code was used on {at}. If that was not you, somebody else holds your claim code.")
        self.at = at


class Employees:
    """The people of organisations."""

    def __init__(self, database: Database, tenants: Tenants, keystore: KeyStore, outboxes: Outboxes) -> None:
        self._database = database
        self._tenants = tenants
        self._keystore = keystore
        self._outboxes = outboxes

    async def alias(self, connection: AsyncConnection, tenant: str, external_id: str) -> str | None:
        """Whom the organisation calls so; None for nobody, and for somebody erased. Raises UnknownTenant."""
        digest = handle(self._tenants.find(tenant).handle_key, "external-id", external_id.encode())
        found: str | None = await connection.scalar(
            select(handles.c.alias).where(
                handles.c.tenant == tenant, handles.c.kind == "external-id", handles.c.digest == digest
            )
        )
        return found

    async def invite(self, tenant: str, external_id: str) -> Invited:
        """A code for this employee, or since when they have one that is theirs alone. An unused earlier one ends."""
        async with self._database.write() as connection:
            alias = await self.alias(connection, tenant, external_id)
            if alias is None:
                return Invited(None)
            if (since := await codes.closed_since(connection, alias)) is not None:
                return Invited(None, has_one_since=since)
            code, moment = random_code(), now()
            lifetime = timedelta(days=await kept_days(connection, tenant, "codes"))
            expires_at = written(moment + lifetime)
            await connection.execute(delete(invitations).where(invitations.c.alias == alias))
            await connection.execute(
                insert(invitations).values(
                    digest=self._digest("invitation", code), alias=alias, expires_at=expires_at
                )
            )
            await codes.issued(connection, alias, written(moment))
            standing = (await ledger.standings(connection, [alias]))[alias]
            trail = self._keystore.trail_of(standing)
            issued = committed_entry(
                "code-issued", written(moment), "organisation", trail, [("until", expires_at)], tenant=standing.tenant
            )
            await self._outboxes.record(connection, [issued])
            return Invited(code, expires_at)

    async def redeem(self, code: str) -> str | None:
        """The claim code of whom the code was made for; None for a wrong, expired or foreign one, all alike.

        Raises CodeUsed: the employee whose code somebody took before them has to learn of it.
        """
        try:
            digest = self._digest("invitation", code)
        except NotAClaimCode:
            return None
        async with self._database.write() as connection:
            moment = written(now())
            alias = await connection.scalar(
                delete(invitations)
                .where(invitations.c.digest == digest, invitations.c.expires_at > moment)
                .returning(invitations.c.alias)
            )
            if alias is None and (before := await codes.used_at(connection, digest)) is not None:
                raise CodeUsed(before)
            if alias is None or await codes.closed_since(connection, alias) is not None:
                return None
            standing = (await ledger.standings(connection, [alias]))[alias]
            claim_code = self._keystore.claim_code_of(standing)
            await self._know(connection, alias, self._digest("employee-code", claim_code))
            await codes.taken(connection, alias, digest, moment)
            trail = self._keystore.trail_of(standing)
            await self._outboxes.record(
                connection, [committed_entry("code-taken", moment, "person", trail, [], tenant=standing.tenant)]
            )
            return claim_code

    async def codes_of(self, alias: str) -> Sequence[codes.Code]:
        """Every code that was issued for a person, and when it was taken."""
        async with self._database.read() as connection:
            return await codes.codes_of(connection, alias)

    async def forget_expired(self) -> None:
        """Delete the codes that nobody used in time."""
        async with self._database.write() as connection:
            await connection.execute(delete(invitations).where(invitations.c.expires_at <= written(now())))

    def _digest(self, kind: HandleKind, code: str) -> bytes:
        return handle(self._tenants.find(INDIVIDUALS).handle_key, kind, canonical(code))

    @staticmethod
    async def _know(connection: AsyncConnection, alias: str, digest: bytes) -> None:
        place = {"tenant": INDIVIDUALS, "kind": "employee-code", "digest": digest}
        known = select(handles.c.alias).where(*(handles.c[name] == value for name, value in place.items()))
        if await connection.scalar(known) is None:
            await connection.execute(insert(handles).values(**place, alias=alias))
