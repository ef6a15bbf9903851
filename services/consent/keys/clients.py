"""The key clients: every process that was given keys, and how far of `keys.revoked` it has forgotten them.

A client's memory of keys lasts 30 s, and a batch that is running may have one in hand for longer. So a client that
lives, and says so every ten seconds, is waited for until it has acknowledged; one that is silent is down, holds no
batch, and is waited for until its memory has run out.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select, update

from infra.clock import now, written
from infra.db.engine import Database
from infra.keys.revocations import GONE_OFFSET
from schemas.events import Acknowledged
from services.consent.tables import key_clients

MEMORY = timedelta(seconds=31)
"""The 30 s for which a client may keep keys, and the second to which times are written down."""
SILENCE = timedelta(seconds=31)
"""A client that said nothing for so long, three signs of life and a second, is down."""
_KEEPING_SECONDS = 5.0
_FORGOTTEN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class KeyClient:
    """One process: when it was last given a key, the offset up to which it has acknowledged revocations, and when it
    was last heard of; None as long as it was not.
    """

    service: str
    instance: str
    served_at: datetime
    acknowledged: int = -1
    heard_at: datetime | None = None

    def lives(self, moment: datetime) -> bool:
        """Whether it has said so lately."""
        return self.heard_at is not None and self.heard_at + SILENCE > moment


@dataclass(frozen=True, slots=True)
class LetGo:
    """Which revocations nobody holds back: those at or below offset `by_all`, and of those that were published before
    `outlived_before` the ones at or below `by_living`.
    """

    by_all: int
    by_living: int
    outlived_before: datetime

    def covers(self, revocation: int, revoked_at: datetime) -> bool:
        """Whether no client may still hold a key that was revoked at this offset at this time."""
        return revocation <= self.by_all or (revocation <= self.by_living and revoked_at <= self.outlived_before)


def let_go(clients: Iterable[KeyClient], moment: datetime) -> LetGo:
    """How far all have let go who may hold keys."""
    holding = [client for client in clients if client.lives(moment) or client.served_at + MEMORY > moment]
    living = [client for client in holding if client.lives(moment)]
    return LetGo(_lowest(holding), _lowest(living), moment - MEMORY)


def _lowest(clients: Iterable[KeyClient]) -> int:
    return min((client.acknowledged for client in clients), default=GONE_OFFSET)


class KeyClients:
    """The clients, in memory and in the database: a restart forgets none."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clients: dict[tuple[str, str], KeyClient] = {}
        self._arriving = asyncio.Lock()
        self._unkept: set[tuple[str, str]] = set()

    async def open(self) -> None:
        """Read those known before a restart; each may have been given keys a moment before it."""
        started = now()
        async with self._database.read() as connection:
            for row in await connection.execute(select(key_clients)):
                client = KeyClient(row.service, row.instance, started, row.acknowledged)
                self._clients[row.service, row.instance] = client

    async def serve(self, service: str, instance: str) -> None:
        """Note, before it is answered, that this client is about to be given keys."""
        place, moment = (service, instance), now()
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

    def acknowledge(self, heard: Acknowledged) -> bool:
        """Take an acknowledgement, or a sign of life; older ones, repetitions and strangers say no more than that.

        Says whether an erasure may go on now, having waited for this client.
        """
        place = (heard.service, heard.instance)
        if (known := self._clients.get(place)) is None:
            return False
        before = self.let_go()
        if heard.offset > known.acknowledged:
            self._unkept.add(place)
        reached = max(heard.offset, known.acknowledged)
        self._clients[place] = replace(known, acknowledged=reached, heard_at=now())
        after = self.let_go()
        return after.by_all > before.by_all or after.by_living > before.by_living

    async def keep_on(self) -> None:
        """Keep until cancelled."""
        while True:
            await asyncio.sleep(_KEEPING_SECONDS)
            await self.keep()

    async def keep(self) -> None:
        """Write down how far they are. What a crash loses of it the living say again."""
        unkept, self._unkept = self._unkept, set()
        reached = [(*place, self._clients[place].acknowledged) for place in unkept if place in self._clients]
        if not reached:
            return
        one = key_clients.c.service == bindparam("whose"), key_clients.c.instance == bindparam("process")
        async with self._database.write() as connection:
            await connection.execute(
                update(key_clients).where(*one).values(acknowledged=bindparam("reached")),
                [{"whose": service, "process": instance, "reached": offset} for service, instance, offset in reached],
            )

    def let_go(self) -> LetGo:
        """See `let_go`, as of now."""
        return let_go(self._clients.values(), now())

    async def forget_the_silent(self) -> None:
        """Drop clients that are down and were given nothing for an hour: they hold nothing."""
        moment = now()
        silent = [
            place
            for place, client in self._clients.items()
            if client.served_at + _FORGOTTEN < moment and not client.lives(moment)
        ]
        for service, instance in silent:
            async with self._database.write() as connection:
                await connection.execute(
                    delete(key_clients).where(key_clients.c.service == service, key_clients.c.instance == instance)
                )
            self._clients.pop((service, instance), None)
