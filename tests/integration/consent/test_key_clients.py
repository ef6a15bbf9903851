"""The processes that were given keys are remembered, through a restart too."""

import asyncio
from datetime import UTC, datetime

from schemas.events import Acknowledged
from services.consent.keys.clients import KeyClients
from tests.integration.consent.conftest import Running


async def waited_for(clients: KeyClients, revocation: int) -> set[str]:
    return {client.instance for client in clients.outstanding(revocation, datetime.now(UTC))}


async def restarted(running: Running) -> KeyClients:
    clients = KeyClients(running.stores.database)
    await clients.open()
    return clients


async def test_a_restart_forgets_neither_a_client_nor_its_acknowledgement(running: Running) -> None:
    clients = running.stores.key_clients
    for instance in ("one", "other"):
        await clients.serve("scoring", instance)
    await clients.acknowledge(Acknowledged("scoring", "one", 0, 7))
    for known in (clients, await restarted(running)):
        assert await waited_for(known, 7) == {"other"}
        assert await waited_for(known, 8) == {"one", "other"}


async def test_an_acknowledgement_that_comes_late_or_twice_or_from_a_stranger_changes_nothing(
    running: Running,
) -> None:
    clients = running.stores.key_clients
    await clients.serve("scoring", "one")
    for offset in (7, 7, 3):
        await clients.acknowledge(Acknowledged("scoring", "one", 0, offset))
    await clients.acknowledge(Acknowledged("scoring", "stranger", 0, 1))
    assert await waited_for(clients, 7) == set()
    assert await waited_for(clients, 8) == {"one"}


async def test_many_first_calls_of_one_client_make_one(running: Running) -> None:
    clients = running.stores.key_clients
    await asyncio.gather(*(clients.serve("intake", "one") for _ in range(5)))
    assert await waited_for(await restarted(running), 0) == {"one"}
