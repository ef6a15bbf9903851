"""Why something was decided about a person, sealed under that person's key in the row of the decision.

It goes with the key. `reason` is what an earlier release left in the clear, until the service starts.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.crypto.sealed import Context, open_sealed, seal
from schemas.topics import PRIVACY_REQUESTS
from services.consent.keys.keystore import KeyStore
from services.consent.ledger import Standing, standings


class SealedReasons:
    """The reasons of one table, with columns `id`, `alias`, `reason`, `sealed_reason`; `schema` names their kind."""

    def __init__(self, keystore: KeyStore, table: Table, schema: str) -> None:
        self._keystore = keystore
        self._table = table
        self._schema = schema

    def sealed(self, standing: Standing, minted: str, reason: str) -> bytes:
        """The reason as it is stored in the row of this id."""
        return seal(self._keystore.trail_of(standing), reason.encode(), self._place(standing, minted))

    async def opened(self, connection: AsyncConnection, rows: Iterable[Row[Any]]) -> dict[str, str]:
        """The reasons by the ids of their rows, as long as their persons' keys can open them."""
        sealed = [row for row in rows if row.sealed_reason is not None and row.alias is not None]
        found = await standings(connection, list({row.alias for row in sealed}))
        return {row.id: self._open(found[row.alias], row.id, row.sealed_reason) for row in sealed}

    async def seal_clear(self, connection: AsyncConnection) -> int:
        """Seal the reasons that lie in the clear from before there was a seal; give how many those were."""
        columns = self._table.c
        rows = (await connection.execute(select(self._table).where(columns.reason.is_not(None)))).all()
        found = await standings(connection, list({row.alias for row in rows if row.alias is not None}))
        for row in rows:
            standing = found.get(row.alias)
            sealed = None if standing is None else self.sealed(standing, row.id, row.reason)
            change = update(self._table).where(columns.id == row.id)
            await connection.execute(change.values(reason=None, sealed_reason=sealed))
        return len(rows)

    def _open(self, standing: Standing, minted: str, sealed: bytes) -> str:
        trail = self._keystore.trail_of(standing)
        return open_sealed(trail, bytes(sealed), self._place(standing, minted)).decode()

    def _place(self, standing: Standing, minted: str) -> Context:
        topic = PRIVACY_REQUESTS.name
        return Context(standing.tenant, standing.alias, topic, self._schema, minted, standing.key_id)
