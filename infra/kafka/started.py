"""A client of Kafka from its start to its end, which leaves no connection open whenever it is cancelled.

aiokafka forgets the connection by which it asks for the brokers (`AIOKafkaClient.bootstrap`) where its start is
cancelled before they are told. So a start that has begun comes to its end before the client is stopped.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

_PATIENCE_SECONDS = 10.0
"""So long a start that nobody wants any more may take until a broker that keeps silent is given up."""
Client = TypeVar("Client", AIOKafkaConsumer, AIOKafkaProducer, AIOKafkaAdminClient)


@asynccontextmanager
async def started(client: Client) -> AsyncIterator[Client]:
    """The client, started within the block and stopped after it. Raises KafkaError where no broker answers."""
    starting = asyncio.ensure_future(client.start())
    try:
        await asyncio.shield(starting)
        yield client
    finally:
        await _ended(starting)
        await (client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop())


async def _ended(starting: "asyncio.Future[None]") -> None:
    """Wait for the end of a start, whatever it is: who began it knows of it, or wants it no more."""
    if not starting.done():
        await asyncio.wait([starting], timeout=_PATIENCE_SECONDS)
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
