"""Drives what is unfinished, in two loops: one sends the outboxes, one takes the steps of requests and of a rotation.

After each change and by the clock. Neither waits for the other: what is due is erased while the broker is away, and
its revocation goes out as soon as it is back.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog
from prometheus_client import Gauge

from infra.crypto.root_key import NotUnwrapped, RootKeyError
from infra.kafka.producer import BrokerUnavailable
from services.consent.erasure.erased_journal import JournalNotWritten
from services.consent.outboxes import Publish
from services.consent.stores import Stores

WAITING = Gauge(
    "careerpulse_consent_waiting",
    "1 while steps of a part wait for what holds the root key, or for a directory that cannot be written",
    ["part"],
)

log = structlog.get_logger(__name__)
_PAUSE_SECONDS = 0.5
_RETRY_SECONDS = (1.0, 2.0, 5.0, 15.0, 60.0)


class Part(Protocol):
    """What goes on step by step."""

    async def advance(self) -> bool:
        """Take the steps that can be taken now; say whether there were any."""


@dataclass(slots=True)
class Driven:
    """One part. Where its keys or files cannot be used it waits, says so, and tries again, ever less often."""

    name: str
    part: Part
    failures: int = 0
    again_at: float = 0.0

    async def advance(self) -> bool:
        """See Part. What else is raised is a crash."""
        if time.monotonic() < self.again_at:
            return False
        try:
            more = await self.part.advance()
        except (RootKeyError, NotUnwrapped, JournalNotWritten) as error:
            pause = _RETRY_SECONDS[min(self.failures, len(_RETRY_SECONDS) - 1)]
            self.failures += 1
            self.again_at = time.monotonic() + pause
            WAITING.labels(self.name).set(1)
            log.error("steps-wait", part=self.name, reason=str(error), kind=type(error).__name__, seconds=pause)
            return False
        self.failures = 0
        WAITING.labels(self.name).set(0)
        return more


class Worker:
    """Two loops, each of which never runs twice at the same time. What they raise is a crash."""

    def __init__(self, stores: Stores, publish: Publish) -> None:
        self._outboxes = stores.outboxes
        self._publish = publish
        self._driven = [Driven(name, part) for name, part in stores.driven.items()]
        self._to_send = asyncio.Event()
        self._to_step = asyncio.Event()
        self.broker_missing = False

    def wake(self) -> None:
        """Something changed: look at once."""
        self._to_send.set()
        self._to_step.set()

    async def send(self) -> None:
        """Send until cancelled."""
        await _forever(self._to_send, self._sent)

    async def step(self) -> None:
        """Take steps until cancelled."""
        await _forever(self._to_step, self._stepped)

    async def once(self) -> None:
        """Send and step until nothing is left to do now."""
        await self._sent()
        while await self._stepped():
            await self._sent()

    async def _sent(self) -> bool:
        """Send what is unsent; without a broker it waits."""
        try:
            sent = await self._outboxes.drain(self._publish)
        except BrokerUnavailable as error:
            if not self.broker_missing:
                log.warning("outbox-waits", reason=str(error))
            self.broker_missing = True
            return False
        self.broker_missing = False
        if sent:
            self._to_step.set()
        return bool(sent)

    async def _stepped(self) -> bool:
        more = any([await one.advance() for one in self._driven])
        if more:
            self._to_send.set()
        return more


async def _forever(woken: asyncio.Event, work: Callable[[], Awaitable[bool]]) -> None:
    while True:
        woken.clear()
        while await work():
            pass
        try:
            async with asyncio.timeout(_PAUSE_SECONDS):
                await woken.wait()
        except TimeoutError:
            continue
