"""Organisations that hand in for their employees, and the secrets by which their platforms log in."""

import hmac
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from infra.http.problems import Problem
from schemas.purposes import INDIVIDUALS, is_sandbox
from services.intake.organisations.access_tokens import disabled, ended
from services.intake.tables import organisations

_TENANT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")

_NONE = b""
"""Stands for the secret of a disabled organisation: the hash of none."""
_ENDED = b"ended"
"""Stands for the secret of an organisation whose contract has ended: nothing gives it another but a new contract."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an organisation's platform logs in with. The secret is shown once and stored as its hash only."""

    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What an employee who is invited is shown of the organisation: its legal basis, notice and contact."""

    legal_basis: str
    notice: str
    contact: str = ""


class Organisations:
    """The register of organisations."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._closed: Mapping[str, bytes] = {}

    @property
    def closed(self) -> Collection[str]:
        """Who is disabled, or whose contract has ended, as it was at the last `look` or done here."""
        return self._closed.keys()

    def refusal(self, tenant: str) -> Problem | None:
        """What a token of the organisation is answered that opens nothing any more; None where it does."""
        match self._closed.get(tenant):
            case None:
                return None
            case found if found == _ENDED:
                return ended()
        return disabled()

    async def look(self) -> None:
        """Read who is disabled and whose contract has ended: also by another instance."""
        query = select(organisations).where(organisations.c.secret_hash.in_((_NONE, _ENDED)))
        async with self._database.read() as connection:
            self._closed = {row.tenant: bytes(row.secret_hash) for row in await connection.execute(query)}

    async def add(self, tenant: str, name: str, terms: Terms | None = None) -> Credentials:
        """Register an organisation, or give one that is registered a new secret under the same name.

        Raises Problem: 422 for a malformed id, 409 where the id belongs to an organisation of another name.
        """
        secret = secrets.token_urlsafe(32)
        values: dict[str, object] = {"secret_hash": _hash(secret)}
        if terms is not None:
            values |= {"legal_basis": terms.legal_basis, "notice": terms.notice, "contact": terms.contact}
        async with self._database.write() as connection:
            known = await _known(connection, tenant, name)
            if known is None:
                new = {"tenant": tenant, "name": name, "created_at": written(now())}
                await connection.execute(insert(organisations).values(**new, **values))
            else:
                await connection.execute(
                    update(organisations).where(organisations.c.tenant == tenant).values(**values)
                )
        await self.look()
        return Credentials(tenant, secret)

    async def every(self) -> list[dict[str, object]]:
        """All organisations by id, without secrets."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(organisations).order_by(organisations.c.tenant))
            return [
                {
                    "tenant": r.tenant,
                    "name": r.name,
                    "since": r.created_at,
                    "enabled": bytes(r.secret_hash) not in (_NONE, _ENDED),
                    "sandbox": is_sandbox(r.tenant),
                }
                for r in rows
            ]

    async def renew(self, tenant: str) -> Credentials | None:
        """A new secret in the old one's place, also for one that was disabled; None for an unknown organisation.

        Raises Problem (409) for one whose contract has ended.
        """
        secret = secrets.token_urlsafe(32)
        return Credentials(tenant, secret) if await self._set(tenant, _hash(secret)) else None

    async def disable(self, tenant: str) -> bool:
        """Let nobody act as this organisation, by whatever it was issued before. False: unknown.

        Raises Problem (409) for one whose contract has ended.
        """
        return await self._set(tenant, _NONE)

    async def _set(self, tenant: str, secret_hash: bytes) -> bool:
        here = organisations.c.tenant == tenant
        async with self._database.write() as connection:
            known = await connection.scalar(select(organisations.c.secret_hash).where(here))
            if known is not None and bytes(known) == _ENDED:
                raise Problem(
                    409,
                    "organisation-ended",
                    "The contract has ended",
                    f"{tenant} and its people were erased; a new contract begins with 'careerpulse org add'.",
                )
            await connection.execute(update(organisations).where(here).values(secret_hash=secret_hash))
        await self.look()
        return known is not None

    async def exists(self, tenant: str) -> bool:
        """Whether the organisation is registered."""
        async with self._database.read() as connection:
            query = select(organisations.c.tenant).where(organisations.c.tenant == tenant)
            return await connection.scalar(query) is not None

    async def terms(self, tenant: str) -> tuple[str, Terms] | None:
        """An organisation's name and terms, where they are known here."""
        query = select(organisations).where(organisations.c.tenant == tenant)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None or row.legal_basis is None:
            return None
        return row.name, Terms(row.legal_basis, row.notice, row.contact)

    async def end(self, tenant: str) -> None:
        """Take the credentials away: no secret opens anything any more."""
        async with self._database.write() as connection:
            await connection.execute(
                update(organisations).where(organisations.c.tenant == tenant).values(secret_hash=_ENDED)
            )
        await self.look()

    async def check(self, tenant: str, name: str) -> None:
        """Raise the Problem that `add` would raise."""
        async with self._database.read() as connection:
            await _known(connection, tenant, name)

    async def authenticated(self, client_id: str, client_secret: str) -> bool:
        """Whether these are an organisation's credentials; as slow for an unknown id as for a wrong secret."""
        if _TENANT.fullmatch(client_id) is None:
            return False
        async with self._database.read() as connection:
            known = await connection.scalar(
                select(organisations.c.secret_hash).where(organisations.c.tenant == client_id)
            )
        expected = bytes(known) if known is not None else _hash("")
        return hmac.compare_digest(expected, _hash(client_secret)) and known is not None


def may_log_in() -> ColumnElement[bool]:
    """Of a row of `organisations`: it is neither disabled, nor has its contract ended."""
    return organisations.c.secret_hash.not_in((_NONE, _ENDED))


async def _known(connection: AsyncConnection, tenant: str, name: str) -> str | None:
    """The name under which the organisation is registered already, which is the given one."""
    if _TENANT.fullmatch(tenant) is None or tenant == INDIVIDUALS:
        raise Problem(
            422,
            "organisation-id",
            "Not an id for an organisation",
            "An id has 1 to 40 lower-case letters, digits and inner hyphens, and is not 'individuals'.",
        )
    known: str | None = await connection.scalar(select(organisations.c.name).where(organisations.c.tenant == tenant))
    if known is not None and known != name:
        raise Problem(409, "organisation-exists", "The id is taken", f"{tenant} is the id of {known}.")
    return known


def _hash(secret: str) -> bytes:
    """SHA-256: the secret has 256 random bits, so that a slow hash would protect nothing more."""
    return sha256(secret.encode()).digest()
