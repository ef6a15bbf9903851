"""A client that is cancelled while it starts or stops leaves no connection open, and the cancellation is not lost."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, client
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.conn import AIOKafkaConnection, create_conn
from aiokafka.errors import KafkaConnectionError

from infra.kafka.started import started

CLIENTS = (AIOKafkaConsumer, AIOKafkaProducer, AIOKafkaAdminClient, client.AIOKafkaClient)


@pytest.mark.parametrize("kind", CLIENTS, ids=[one.__name__ for one in CLIENTS])
async def test_a_start_that_is_cancelled_once_it_is_connected_leaves_no_connection(
    kafka: str, kind: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[AIOKafkaConnection] = []

    async def connected(*place: Any, **settings: Any) -> AIOKafkaConnection:
        opened.append(await create_conn(*place, **settings))
        starting.cancel()
        return opened[-1]

    async def use() -> None:
        async with started(kind(bootstrap_servers=kafka)):
            await asyncio.Event().wait()

    # Given a client that is being started
    monkeypatch.setattr(client, "create_conn", connected)
    starting = asyncio.create_task(use())
    # When that is cancelled between its connection and the answer to what it asks first
    async with asyncio.timeout(60):
        await asyncio.wait([starting])
    # Then nothing is left open
    assert starting.cancelled()
    assert opened
    assert not any(one.connected() for one in opened)


@pytest.mark.parametrize("kind", CLIENTS, ids=[one.__name__ for one in CLIENTS])
async def test_a_cancellation_that_comes_while_a_client_stops_is_not_swallowed(
    kafka: str, kind: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = client.AIOKafkaClient.close

    async def closing(self: client.AIOKafkaClient) -> None:
        asyncio.get_running_loop().call_soon(using.cancel)
        await closed(self)

    async def use() -> None:
        async with started(kind(bootstrap_servers=kafka)):
            monkeypatch.setattr(client.AIOKafkaClient, "close", closing)

    # Given a client that is at its end
    using = asyncio.create_task(use())
    # When it is cancelled as it begins to stop
    async with asyncio.timeout(60):
        await asyncio.wait([using])
    # Then whoever cancelled it sees that it was
    assert using.cancelled()


async def test_a_start_that_fails_is_told_as_what_it_failed_by() -> None:
    # Given a place where no broker is
    with pytest.raises(KafkaConnectionError):
        # When a client is started, then it says so
        async with started(AIOKafkaConsumer(bootstrap_servers="127.0.0.1:1")):
            raise AssertionError("it was started without a broker")
