"""Transfers to third countries, as organisations declare them of their webhooks."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.transfers import Declared, DeclareRecipient, Transfer, leaves
from services.consent.entries import entry
from services.consent.outboxes import Outboxes
from services.consent.tables import transfers


class Transfers:
    """What organisations have declared."""

    def __init__(self, database: Database, outboxes: Outboxes) -> None:
        self._database = database
        self._outboxes = outboxes

    async def declare(self, asked: DeclareRecipient) -> Declared:
        """Keep what is declared of a webhook; said again it takes the place of what was said before."""
        at, is_transfer = written(now()), leaves(asked.country) and not asked.ended
        async with self._database.write() as connection:
            await connection.execute(delete(transfers).where(transfers.c.webhook == asked.webhook))
            if is_transfer:
                kept = {"country": asked.country, "safeguard": asked.safeguard, "declared_at": at}
                await connection.execute(insert(transfers).values(webhook=asked.webhook, tenant=asked.tenant, **kept))
            await self._outboxes.record(connection, [entry("configuration-changed", at, "organisation")])
        return Declared(is_transfer)


async def transfers_of(connection: AsyncConnection, tenant: str) -> tuple[Transfer, ...]:
    """All of an organisation, the oldest first."""
    rows = await connection.execute(
        select(transfers).where(transfers.c.tenant == tenant).order_by(transfers.c.declared_at, transfers.c.webhook)
    )
    return tuple(Transfer(row.webhook, row.country, row.safeguard) for row in rows)


def in_words(found: Sequence[Transfer], undeclared: str, by: str) -> str:
    """Each as `US (by: …)`; `undeclared` stands for a country that was not named."""
    told = (f"{one.country or undeclared}{f' ({by}: {one.safeguard})' if one.safeguard else ''}" for one in found)
    return "; ".join(dict.fromkeys(told))
