"""Keys that open the assessment-partner interface and nothing else: an applicant-tracking system holds one for years.

A new one leaves the former time to be replaced there. None opens anything while its organisation may not log in.
"""

import secrets
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, or_, select, update

from infra.clock import now, written
from infra.db.engine import Database
from services.intake.organisations.register import may_log_in
from services.intake.tables import organisations, partner_keys


class PartnerKeys:
    """The keys of all organisations, by their hashes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def renew(self, tenant: str, overlap: timedelta) -> str | None:
        """A new key, shown this once; those before it end after `overlap`. None where nobody may log in as tenant."""
        key, at = secrets.token_urlsafe(32), now()
        ends, of_tenant = written(at + overlap), partner_keys.c.tenant == tenant
        allowed = select(organisations.c.tenant).where(organisations.c.tenant == tenant, may_log_in())
        async with self._database.write() as connection:
            if await connection.scalar(allowed) is None:
                return None
            await connection.execute(delete(partner_keys).where(of_tenant, partner_keys.c.ends_at <= written(at)))
            later = or_(partner_keys.c.ends_at.is_(None), partner_keys.c.ends_at > ends)
            await connection.execute(update(partner_keys).where(of_tenant, later).values(ends_at=ends))
            new = {"key_hash": _hash(key), "tenant": tenant, "created_at": written(at)}
            await connection.execute(insert(partner_keys).values(**new))
        return key

    async def tenant_of(self, key: str) -> str | None:
        """The organisation whose key this is: it has 256 random bits, so that its hash finds no other."""
        holds = or_(partner_keys.c.ends_at.is_(None), partner_keys.c.ends_at > written(now()))
        query = (
            select(partner_keys.c.tenant)
            .join(organisations, organisations.c.tenant == partner_keys.c.tenant)
            .where(partner_keys.c.key_hash == _hash(key), holds, may_log_in())
        )
        async with self._database.read() as connection:
            tenant: str | None = await connection.scalar(query)
        return tenant

    async def forget(self, tenant: str) -> None:
        """Delete an organisation's keys, so that none holds again should it be let in again."""
        async with self._database.write() as connection:
            await connection.execute(delete(partner_keys).where(partner_keys.c.tenant == tenant))


def _hash(key: str) -> bytes:
    return sha256(key.encode()).digest()
