"""Drives what is unfinished: a loop for each outbox sends it, one for each part takes its steps.

After each change and by the clock. None waits for another: what is due is erased while the broker is away, and
its revocation goes out as soon as it is back.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import structlog
from prometheus_client import Gauge

from infra.crypto.root_key import NotUnwrapped, RootKeyError
from infra.kafka.producer import BrokerUnavailable
from services.consent.erasure.erased_journal import JournalNotWritten
from services.consent.outboxes import Drain, Publish
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
    woken: asyncio.Event = field(default_factory=asyncio.Event)
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
    """A loop for each outbox and each part. What they raise is a crash."""

    def __init__(self, stores: Stores, publish: Publish) -> None:
        self._publish = publish
        self._driven = [Driven(name, part) for name, part in stores.driven.items()]
        self._to_send = {drain: asyncio.Event() for drain in stores.outboxes.drains}
        self._unsent: set[Drain] = set()

    @property
    def broker_missing(self) -> bool:
        """Whether something could not be sent."""
        return bool(self._unsent)

    def wake(self) -> None:
        """Something changed: look at once."""
        self._wake_senders()
        for one in self._driven:
            one.woken.set()

    def wake_erasures(self) -> None:
        """A key client has let go, or a store has reported: that concerns erasures alone."""
        self._wake_senders()
        self._driven[0].woken.set()

    async def run(self) -> None:
        """Send and step until cancelled, each outbox and each part by itself: a revocation waits for no entry."""
        senders = (_forever(woken, partial(self._sent, drain)) for drain, woken in self._to_send.items())
        await asyncio.gather(*senders, *(_forever(one.woken, partial(self._stepped, one)) for one in self._driven))

    async def once(self) -> None:
        """Send and step until nothing is left to do now."""
        more = True
        while more:
            for drain in self._to_send:
                await self._sent(drain)
            more = any([await self._stepped(one) for one in self._driven])

    async def _sent(self, drain: Drain) -> bool:
        """Send what is unsent; without a broker it waits."""
        try:
            sent = await drain(self._publish)
        except BrokerUnavailable as error:
            if not self._unsent:
                log.warning("outbox-waits", reason=str(error))
            self._unsent.add(drain)
            return False
        self._unsent.discard(drain)
        if sent:
            self._driven[0].woken.set()  # an erasure waits for its revocation to be out
        return bool(sent)

    async def _stepped(self, one: Driven) -> bool:
        more = await one.advance()
        if more:
            self._wake_senders()
        return more

    def _wake_senders(self) -> None:
        for woken in self._to_send.values():
            woken.set()


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
