"""Waiting for the broker: a service that starts before it does nothing until its topics are there."""

import asyncio
import logging
from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from infra.kafka.security import security
from infra.kafka.started import started
from schemas.topics import Topic

_PAUSE_SECONDS = 0.2
_PATIENCE_SECONDS = 120.0


class NoBroker(Exception):
    """No broker, or one without these topics. Says which."""


async def topics_present(bootstrap: str, topics: Sequence[Topic]) -> None:
    """Wait until the broker has these topics. Raises NoBroker after two minutes."""
    missing = {topic.name for topic in topics}
    quiet = logging.getLogger("aiokafka")
    level = quiet.level
    quiet.setLevel(logging.CRITICAL)  # that nobody answers yet is what we wait for
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while missing := {topic.name for topic in topics} - await _present(bootstrap):
                await asyncio.sleep(_PAUSE_SECONDS)
    except TimeoutError:
        raise NoBroker(f"{bootstrap} has not got: {', '.join(sorted(missing))}; run `careerpulse topics`") from None
    finally:
        quiet.setLevel(level)


async def _present(bootstrap: str) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=5_000, **security().of_aiokafka())
    try:
        async with started(admin):
            return set(await admin.list_topics())
    except (KafkaError, OSError):
        return set()
