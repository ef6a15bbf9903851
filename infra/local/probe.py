"""Ready checks: each says yes or no, and does not wait."""

import asyncio

import aiohttp
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from infra.kafka.security import security
from infra.kafka.started import started
from infra.local.child import Probe

_PATIENCE = 2.0


def http_ready(url: str) -> Probe:
    """GET `url` answers 200."""

    async def probe() -> bool:
        timeout = aiohttp.ClientTimeout(total=_PATIENCE)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    return probe


async def _listens(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def kafka_ready(bootstrap: str) -> Probe:
    """The broker answers a metadata request and counts itself among the brokers (it is no longer fenced)."""
    host, _, port = bootstrap.split(",", maxsplit=1)[0].rpartition(":")

    async def probe() -> bool:
        if not await _listens(host, int(port)):  # spares the client's own complaints while nothing listens yet
            return False
        client = AIOKafkaClient(
            bootstrap_servers=bootstrap, request_timeout_ms=int(_PATIENCE * 1000), **security().of_aiokafka()
        )
        try:
            async with started(client):
                return bool(client.cluster.brokers())
        except KafkaError:
            return False

    return probe
