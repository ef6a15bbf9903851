"""Telling the address that an invitation names that its assessment has ended: an empty PATCH, tried as a webhook is.

It holds nothing, so that whoever gets it by mistake learns nothing; the result is then asked for. Each organisation
has its own pace, so that one whose addresses hang delays nobody else. Once more it is told when a human has decided
on a result that was held back, and when what had failed has ended after all.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime

import structlog

from infra.clock import now, written
from infra.crypto.safe import Safe
from infra.http.outside import Answered, Outside
from infra.lasting import survived
from services.intake.invitations.store import Invitation, InvitationStore
from services.intake.webhooks.schedule import asked_to_wait, next_try, verdict
from services.intake.webhooks.sender import reason

AT_ONCE = 8
"""Call-backs under way for one organisation."""
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
        self._busy: set[str] = set()

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                for work in await self.begin():
                    group.create_task(work)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def step(self) -> None:
        """Send what is due by now, once, for organisations that are not at work."""
        await asyncio.gather(*await self.begin())

    async def begin(self) -> list[Coroutine[None, None, None]]:
        """The work of each organisation that has something due and is not at work."""
        due = await self._store.due(written(self._clock()), AT_ONCE, self._busy)
        self._busy.update(due)
        return [self._serve(tenant, invitations) for tenant, invitations in due.items()]

    async def _serve(self, tenant: str, due: Sequence[Invitation]) -> None:
        try:
            await asyncio.gather(*(self._tell(one) for one in due))
        except Exception as error:
            survived("call-backs", error)
        finally:
            self._busy.discard(tenant)

    async def _tell(self, one: Invitation) -> None:
        answered, at = await self._sent(one), self._clock()
        again = None
        if answered is None or verdict(answered.status) == "again":
            wait = asked_to_wait(answered.retry_after if answered else None, at)
            again = next_try(one.tries + 1, at, self._chance(), wait)
        await self._store.tried(one, written(again) if again else None)

    async def _sent(self, one: Invitation) -> Answered | None:
        try:
            url = self._safe.open(one.call_back or b"", f"{one.id}/call-back")
            return await self._outside.send("PATCH", url, b"", _HEADERS)
        except Exception as error:  # whatever an address makes of it is a failed try of this one
            log.info("call-back-not-answered", invitation=one.id, reason=reason(error))
            return None
