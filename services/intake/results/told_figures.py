"""The figures over many that an organisation was told: the same all month, also after a restart or a withdrawal.

They are sealed under a key of the organisation's own, which consent keeps wrapped under the tenant key and releases.
Computed anew on the other side of somebody's withdrawal they would tell of it.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.crypto.sealed import Context, open_sealed, seal
from infra.db.engine import Database
from infra.keys.client import KeyClient, KeysUnavailable
from schemas.keys import TenantKey
from services.intake.assessments.upsert import inserting
from services.intake.results.views import Beside
from services.intake.tables import workforces

_SCHEMA = "workforce/1"


class ToldFigures:
    """One blob of each organisation, of the newest month. What opens or seals one raises KeysUnavailable."""

    def __init__(self, database: Database, keys: KeyClient) -> None:
        self._database = database
        self._keys = keys

    async def find(self, tenant: str, before: str) -> bytes | None:
        """What the organisation was told of the state before that moment, if it was."""
        wanted = select(workforces.c.sealed).where(workforces.c.tenant == tenant, workforces.c.before == before)
        async with self._database.read() as connection:
            sealed = await connection.scalar(wanted)
        if sealed is None:
            return None
        key = await self._key(tenant)
        return open_sealed(key.subkey, bytes(sealed), _place(tenant, before, key))

    async def keeping(self, tenant: str, before: str, told: bytes) -> Beside:
        """What keeps, within a transaction, what is told now, in the place of an earlier month's."""
        key = await self._key(tenant)
        kept = {"before": before, "sealed": seal(key.subkey, told, _place(tenant, before, key))}
        statement = inserting(self._database, workforces).values(tenant=tenant, **kept)

        async def keep(connection: AsyncConnection) -> None:
            await connection.execute(statement.on_conflict_do_update(index_elements=["tenant"], set_=kept))

        return keep

    async def _key(self, tenant: str) -> TenantKey:
        keys = await self._keys.of_tenants([tenant], "workforce")
        if tenant not in keys:
            raise KeysUnavailable(f"consent knows no organisation {tenant}")
        return keys[tenant]


def _place(tenant: str, before: str, key: TenantKey) -> Context:
    return Context(tenant, "", "", _SCHEMA, before, key.key_id)
