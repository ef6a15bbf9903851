"""Telling the address that an invitation names that its assessment has ended: an empty PATCH, tried as a webhook is.

It holds nothing, so that whoever gets it by mistake learns nothing; the result is then asked for.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime

import structlog

from infra.clock import now, written
from infra.crypto.safe import Safe
from infra.http.outside import Answered, Outside
from services.intake.invitations.store import Invitation, InvitationStore
from services.intake.webhooks.schedule import asked_to_wait, next_try, verdict
from services.intake.webhooks.sender import reason

_PAUSE_SECONDS = 1.0
_HEADERS = {"User-Agent": "CareerPulse-Webhooks/1"}
log = structlog.get_logger(__name__)


class CallBacks:
    """Sends what is due. `clock` gives the time and `chance` a number from 0 to below 1."""

    def __init__(
        self,
        store: InvitationStore,
        outside: Outside,
        safe: Safe,
        *,
        clock: Callable[[], datetime] = now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._outside = outside
        self._safe = safe
        self._clock = clock
        self._chance = chance

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self.step()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def step(self) -> None:
        """Send all that is due by now, once."""
        due = await self._store.due(written(self._clock()))
        await asyncio.gather(*(self._tell(one) for one in due))

    async def _tell(self, one: Invitation) -> None:
        answered, at = await self._sent(one), self._clock()
        again = None
        if answered is None or verdict(answered.status) == "again":
            wait = asked_to_wait(answered.retry_after if answered else None, at)
            again = next_try(one.tries + 1, at, self._chance(), wait)
        await self._store.tried(one.id, one.tries + 1, written(again) if again else None)

    async def _sent(self, one: Invitation) -> Answered | None:
        try:
            url = self._safe.open(one.call_back or b"", f"{one.id}/call-back")
            return await self._outside.send("PATCH", url, b"", _HEADERS)
        except Exception as error:  # whatever an address makes of it is a failed try of this one
            log.info("call-back-not-answered", invitation=one.id, reason=reason(error))
            return None
