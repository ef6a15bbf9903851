"""The processes that were given keys are remembered, through a restart too."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import select

from schemas.events import Acknowledged
from services.consent.keys.clients import KeyClients
from services.consent.tables import key_clients
from tests.integration.consent.conftest import Running


def waited_for(clients: KeyClients, revocation: int) -> bool:
    return not clients.let_go().covers(revocation, datetime.now(UTC))


async def restarted(running: Running) -> KeyClients:
    clients = KeyClients(running.stores.database)
    await clients.open()
    return clients


async def test_a_restart_forgets_neither_a_client_nor_its_acknowledgement(running: Running) -> None:
    clients = running.stores.key_clients
    for instance in ("one", "other"):
        await clients.serve("scoring", instance)
    clients.acknowledge(Acknowledged("scoring", "one", 0, 7))
    assert waited_for(await restarted(running), 7)
    clients.acknowledge(Acknowledged("scoring", "other", 0, 8))
    await clients.keep()
    for known in (clients, await restarted(running)):
        assert not waited_for(known, 7)
        assert waited_for(known, 8)


async def test_an_acknowledgement_that_comes_late_or_twice_or_from_a_stranger_changes_nothing(
    running: Running,
) -> None:
    clients = running.stores.key_clients
    await clients.serve("scoring", "one")
    for offset in (7, 7, 3):
        clients.acknowledge(Acknowledged("scoring", "one", 0, offset))
    clients.acknowledge(Acknowledged("scoring", "stranger", 0, 1))
    assert not waited_for(clients, 7)
    assert waited_for(clients, 8)


async def test_an_erasure_is_looked_for_only_when_the_last_client_it_waits_for_has_let_go(running: Running) -> None:
    clients = running.stores.key_clients
    for instance in ("one", "other"):
        await clients.serve("scoring", instance)
    moved = [
        clients.acknowledge(Acknowledged("scoring", instance, 0, offset))
        for instance, offset in (("one", 7), ("stranger", 9), ("other", 7), ("other", 7), ("one", 8), ("other", 8))
    ]
    assert moved == [False, False, True, False, False, True]


async def test_many_first_calls_of_one_client_make_one(running: Running) -> None:
    clients = running.stores.key_clients
    await asyncio.gather(*(clients.serve("intake", "one") for _ in range(5)))
    async with running.stores.database.read() as connection:
        assert [row.instance for row in await connection.execute(select(key_clients))] == ["one"]
