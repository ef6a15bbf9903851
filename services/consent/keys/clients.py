"""The key clients: every process that was given keys, and how far of `keys.revoked` it has forgotten them.

A client's memory of keys lasts 30 s. One that was given nothing for so long holds nothing; after a revocation none
holds a revoked key once it has acknowledged it or 30 s have passed.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select, update

from infra.clock import written
from infra.db.engine import Database
from schemas.events import Acknowledged
from services.consent.tables import key_clients

MEMORY = timedelta(seconds=31)
"""The 30 s for which a client may keep keys, and the second to which times are written down."""
_FORGOTTEN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class KeyClient:
    """One process: when it was last given a key, and the offset up to which it has acknowledged revocations."""

    service: str
    instance: str
    served_at: datetime
    acknowledged: int = -1


def outstanding(
    clients: Iterable[KeyClient], revocation: int, revoked_at: datetime, moment: datetime
) -> list[KeyClient]:
    """Who may still hold a key that was revoked at offset `revocation`."""
    if moment >= revoked_at + MEMORY:
        return []
    return [client for client in clients if client.acknowledged < revocation and client.served_at + MEMORY > moment]


class KeyClients:
    """The clients, in memory and in the database: a restart forgets none."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clients: dict[tuple[str, str], KeyClient] = {}
        self._arriving = asyncio.Lock()

    async def open(self) -> None:
        """Read those known before a restart; each may have been given keys a moment before it."""
        started = datetime.now(UTC)
        async with self._database.read() as connection:
            for row in await connection.execute(select(key_clients)):
                client = KeyClient(row.service, row.instance, started, row.acknowledged)
                self._clients[row.service, row.instance] = client

    async def serve(self, service: str, instance: str) -> None:
        """Note, before it is answered, that this client is about to be given keys."""
        place, moment = (service, instance), datetime.now(UTC)
        if place not in self._clients:
            await self._welcome(KeyClient(service, instance, moment))
        self._clients[place] = replace(self._clients[place], served_at=moment)

    async def _welcome(self, client: KeyClient) -> None:
        async with self._arriving:
            place = (client.service, client.instance)
            if place in self._clients:
                return
            async with self._database.write() as connection:
                await connection.execute(
                    insert(key_clients).values(
                        service=client.service,
                        instance=client.instance,
                        seen_at=written(client.served_at),
                        acknowledged=client.acknowledged,
                    )
                )
            self._clients[place] = client

    async def acknowledge(self, heard: Acknowledged) -> None:
        """Take an acknowledgement. Older ones, repetitions and strangers change nothing."""
        place = (heard.service, heard.instance)
        known = self._clients.get(place)
        if known is None or heard.offset <= known.acknowledged:
            return
        async with self._database.write() as connection:
            await connection.execute(
                update(key_clients)
                .where(key_clients.c.service == heard.service, key_clients.c.instance == heard.instance)
                .values(acknowledged=heard.offset)
            )
        self._clients[place] = replace(self._clients[place], acknowledged=heard.offset)

    def outstanding(self, revocation: int, revoked_at: datetime) -> list[KeyClient]:
        """See `outstanding`, as of now."""
        return outstanding(self._clients.values(), revocation, revoked_at, datetime.now(UTC))

    async def forget_the_silent(self) -> None:
        """Drop clients that were given nothing for an hour: they hold nothing, and most have ended."""
        moment = datetime.now(UTC)
        silent = [place for place, client in self._clients.items() if client.served_at + _FORGOTTEN < moment]
        for service, instance in silent:
            async with self._database.write() as connection:
                await connection.execute(
                    delete(key_clients).where(key_clients.c.service == service, key_clients.c.instance == instance)
                )
            self._clients.pop((service, instance), None)
