"""A client of Kafka from its start to its end, which leaves no connection open whenever it is cancelled.

aiokafka forgets the connection by which it asks for the brokers (`AIOKafkaClient.bootstrap`) where its start is
cancelled before they are told, and swallows a cancellation that comes while it stops (`AIOKafkaClient.close`). So
neither is cancelled: each comes to its end first.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient

_PATIENCE_SECONDS = 10.0
"""So long a start or a stop may take once it is to be cancelled, until a broker that keeps silent is given up."""
_STOPPED = (AIOKafkaConsumer, AIOKafkaProducer)
"""The others are closed."""
Client = TypeVar("Client", AIOKafkaConsumer, AIOKafkaProducer, AIOKafkaAdminClient, AIOKafkaClient)


@asynccontextmanager
async def started(client: Client) -> AsyncIterator[Client]:
    """The client, started within the block and stopped after it. Raises KafkaError where no broker answers."""
    try:
        await _to_its_end(client.bootstrap() if isinstance(client, AIOKafkaClient) else client.start())
        yield client
    finally:
        await _to_its_end(client.stop() if isinstance(client, _STOPPED) else client.close())


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Do the work, and be cancelled no sooner than it has ended, however."""
    working = asyncio.ensure_future(work)
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait([working], timeout=_PATIENCE_SECONDS)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        raise
