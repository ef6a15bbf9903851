"""The boundaries of organisations, and which exceptional uses the operator has allowed to whom.

Each change is stored with its entry `configuration-changed` in one transaction. The entry's `payload` is the SHA-256
of what was changed as canonical JSON, with a random nonce in it, so that a leaf tells nobody whose boundary it is and
the organisation can prove what stood.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from infra.http.problems import Problem, not_found
from infra.kafka.entry_outbox import EntryOutbox, NewEntry
from infra.version import SOFTWARE
from schemas.boundary import EXCEPTIONAL, USES, Use, packed
from schemas.entry import canonical, leaf, payload_name, role
from services.intake.assessments.upsert import upsert
from services.intake.tables import allowed_uses, boundaries

_REFUSED = (
    "A score that others draw strongly on is itself a decision (GDPR Art. 22; CJEU C-634/21). For {use} the operator "
    "has not allowed it; 'careerpulse org allow-use' does, with a reason."
)


@dataclass(frozen=True, slots=True)
class Set:
    """A boundary that stands; `bound` is what its entry binds."""

    use: Use
    limit: int
    human_step: str
    set_at: str
    bound: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """`schemas.boundary.Boundary`."""
        return {
            "use": self.use,
            "limit": self.limit,
            "human_step": self.human_step,
            "set_at": self.set_at,
            "bound": self.bound,
            "payload": _digest(self.bound),
        }


class Boundaries:
    """The boundaries of all organisations."""

    def __init__(self, database: Database, outbox: EntryOutbox) -> None:
        self._database = database
        self._outbox = outbox

    async def of(self, tenant: str) -> list[Set]:
        """Those of one organisation, in the order of the uses."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(boundaries).where(boundaries.c.tenant == tenant))
            found = {row.use: _set(row) for row in rows}
        return [found[use] for use in USES if use in found]

    async def limits(self, tenant: str) -> bytes | None:
        """The limits in force, packed; None where the organisation has set none."""
        found = await self.of(tenant)
        return packed({one.use: one.limit for one in found}) if found else None

    async def uses(self, tenant: str) -> list[Use]:
        """The uses that this organisation may declare."""
        async with self._database.read() as connection:
            allowed = set(await connection.scalars(_allowed(tenant)))
        return [use for use in USES if use not in EXCEPTIONAL or use in allowed]

    async def set(self, tenant: str, use: Use, limit: int, human_step: str) -> Set:
        """Set a boundary, in place of an earlier one for this use. Raises Problem (403) for a use that is refused."""
        at, told = written(now()), {"use": use, "limit": limit, "human_step": human_step}
        bound = _bound(tenant, "set", at, told)
        row = {"tenant": tenant, **told, "set_at": at, "bound": orjson.dumps(bound).decode()}
        async with self._database.write() as connection:
            if use in EXCEPTIONAL and use not in set(await connection.scalars(_allowed(tenant))):
                raise Problem(403, "use-refused", "This use is refused", _REFUSED.format(use=use))
            await connection.execute(upsert(self._database, boundaries, row, 2))
            await self._outbox.put(connection, [_changed(tenant, "organisation", at, bound)])
        self._outbox.wake()
        return Set(use, limit, human_step, at, bound)

    async def remove(self, tenant: str, use: Use) -> None:
        """Remove a boundary; what it holds back waits for a human all the same. Raises Problem (404)."""
        at = written(now())
        async with self._database.write() as connection:
            await self._remove(connection, tenant, use, "organisation", at)
        self._outbox.wake()

    async def allow(self, tenant: str, use: Use, reason: str) -> None:
        """The operator allows this organisation an exceptional use, for a reason that stands in the log."""
        at = written(now())
        bound = _bound(tenant, "allowed", at, {"use": use, "reason": reason})
        row = {"tenant": tenant, "use": use, "reason": reason, "allowed_at": at}
        async with self._database.write() as connection:
            await connection.execute(upsert(self._database, allowed_uses, row, 2))
            await self._outbox.put(connection, [_changed(tenant, "operator", at, bound)])
        self._outbox.wake()

    async def refuse(self, tenant: str, use: Use) -> None:
        """The operator takes it back; a boundary for this use ends. Raises Problem (404) where it was not allowed."""
        at = written(now())
        async with self._database.write() as connection:
            here = allowed_uses.c.tenant == tenant, allowed_uses.c.use == use
            if not (await connection.execute(delete(allowed_uses).where(*here))).rowcount:
                raise not_found("allowed use")
            bound = _bound(tenant, "refused", at, {"use": use})
            await self._outbox.put(connection, [_changed(tenant, "operator", at, bound)])
            if await connection.scalar(select(boundaries.c.use).where(*_here(tenant, use))) is not None:
                await self._remove(connection, tenant, use, "operator", at)
        self._outbox.wake()

    async def _remove(self, connection: AsyncConnection, tenant: str, use: Use, actor: str, at: str) -> None:
        if not (await connection.execute(delete(boundaries).where(*_here(tenant, use)))).rowcount:
            raise not_found("boundary")
        await self._outbox.put(connection, [_changed(tenant, actor, at, _bound(tenant, "removed", at, {"use": use}))])


def _here(tenant: str, use: Use) -> tuple[Any, Any]:
    return boundaries.c.tenant == tenant, boundaries.c.use == use


def _allowed(tenant: str) -> Any:
    return select(allowed_uses.c.use).where(allowed_uses.c.tenant == tenant)


def _bound(tenant: str, change: str, at: str, told: Mapping[str, object]) -> dict[str, Any]:
    """What an entry binds; the nonce hides it from whoever would guess."""
    return {
        "setting": "boundary",
        "organisation": tenant,
        "change": change,
        "at": at,
        **told,
        "nonce": secrets.token_hex(16),
    }


def _changed(tenant: str, actor: str, at: str, bound: Mapping[str, Any]) -> NewEntry:
    minted = secrets.token_hex(16)
    written_leaf = leaf("configuration-changed", minted, at, role(actor, tenant), SOFTWARE, payload=_digest(bound))
    return NewEntry(minted, written_leaf)


def _digest(bound: Mapping[str, Any]) -> str:
    return payload_name(canonical(bound))


def _set(row: Any) -> Set:
    return Set(row.use, row.limit, row.human_step, row.set_at, orjson.loads(row.bound))
