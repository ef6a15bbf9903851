"""Drives what is unfinished: sends the outboxes, takes the steps of requests and of a rotation of the root key.

After each change and by the clock.
"""

import asyncio

import structlog

from infra.crypto.root_key import RootKeyUnavailable
from infra.kafka.producer import BrokerUnavailable
from services.consent.outboxes import Publish
from services.consent.stores import Stores

log = structlog.get_logger(__name__)
_PAUSE_SECONDS = 0.5


class Worker:
    """One loop; it never runs twice at the same time. What it raises is a crash."""

    def __init__(self, stores: Stores, publish: Publish) -> None:
        self._stores = stores
        self._publish = publish
        self._waiting = asyncio.Event()
        self.broker_missing = False

    def wake(self) -> None:
        """Something changed: look at once."""
        self._waiting.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self.once()
            try:
                async with asyncio.timeout(_PAUSE_SECONDS):
                    await self._waiting.wait()
            except TimeoutError:
                continue
            finally:
                self._waiting.clear()

    async def once(self) -> None:
        """Send and step until nothing is left to do now. Without a broker what is unsent waits; so does a
        rotation while what holds the root key is away."""
        try:
            more = True
            while more:
                await self._stores.outboxes.drain(self._publish)
                more = any([await part.advance() for part in self._stores.driven])
            self.broker_missing = False
        except BrokerUnavailable as error:
            if not self.broker_missing:
                log.warning("outbox-waits", reason=str(error))
            self.broker_missing = True
        except RootKeyUnavailable as error:
            log.warning("root-key-waits", reason=str(error))
