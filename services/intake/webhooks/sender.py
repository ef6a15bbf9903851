"""Telling subscriptions: each has its own pace, so that one that hangs delays nobody else.

A message leaves one entry `delivered`, stored when the first connection to the receiver stands and before anything
of the result goes out. A try that reached nobody told nobody; one that is answered 500 may have been read, and those
after it tell the same receiver the same again: they stand in the delivery log.
"""

import asyncio
import random
from collections.abc import Callable, Collection, Coroutine, Sequence
from datetime import datetime, timedelta
from functools import partial

import aiohttp
import orjson

from infra.clock import now, written
from infra.crypto.safe import Safe
from infra.http.outside import Connected, Forbidden, NotAnAddress, Outside
from infra.keys.client import KeysUnavailable
from infra.lasting import survived
from services.intake.results.delivery import Delivery, event
from services.intake.results.feed import Feed
from services.intake.results.notice import KeptNotice
from services.intake.results.notices import Notices
from services.intake.results.views import NotRecorded
from services.intake.webhooks.schedule import asked_to_wait, next_try, verdict
from services.intake.webhooks.signing import signed
from services.intake.webhooks.store import Message, State, Subscription, Try, WebhookStore

AT_ONCE = 8
"""Messages under way to one subscription."""
LOG_KEPT = timedelta(days=30)
_PAUSE_SECONDS = 1.0
_CONTENT_TYPE = {"Content-Type": "application/json", "User-Agent": "CareerPulse-Webhooks/1"}


class Sender:
    """Sends what is due, but for organisations that are `closed`: theirs waits.

    `clock` gives the time and `chance` a number from 0 to below 1.
    """

    def __init__(
        self,
        *,
        store: WebhookStore,
        feed: Feed,
        delivery: Delivery,
        notices: Notices,
        outside: Outside,
        safe: Safe,
        closed: Callable[[], Collection[str]] = tuple,
        clock: Callable[[], datetime] = now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._feed = feed
        self._delivery = delivery
        self._notices = notices
        self._outside = outside
        self._safe = safe
        self._closed = closed
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
        """Send all that is due by now, once."""
        await asyncio.gather(*await self.begin())

    async def begin(self) -> list[Coroutine[None, None, None]]:
        """The work of each subscription that has something due and is not at work."""
        at = written(self._clock())
        await self._store.queue(at)
        due = await self._store.due(at, self._busy, self._closed())
        self._busy.update(due)
        return [self._serve(webhook, messages) for webhook, messages in due.items()]

    async def forget(self) -> None:
        """Delete what the delivery log no longer keeps."""
        await self._store.forget(written(self._clock() - LOG_KEPT))

    async def _serve(self, webhook: str, messages: Sequence[Message]) -> None:
        try:
            for start in range(0, len(messages), AT_ONCE):
                one = await self._store.find(webhook)
                if one is None or one.state != "active":
                    return
                await asyncio.gather(*(self._tell(one, message) for message in messages[start : start + AT_ONCE]))
        except (KeysUnavailable, NotRecorded):
            return  # nothing was tried: it stays due
        except Exception as error:
            survived("webhooks", error)
        finally:
            self._busy.discard(webhook)

    async def _tell(self, one: Subscription, message: Message) -> None:
        row = await self._feed.at(one.tenant, message.sequence)
        if row is None:
            await self._store.supersede(message)
            return
        async with self._delivery.opened([row]) as (document,):

            async def connected() -> None:
                if not message.told:
                    await self._delivery.told([row], [document], partial(self._store.told, message))

            body = orjson.dumps({"type": event(row, document), "timestamp": row.since, "data": document})
            result = await self._post(one, message, body, connected)
        if isinstance(row, KeptNotice) and verdict(result.status) == "delivered":
            await self._notices.delivered(row.id)  # before the try is kept: told twice rather than not at all
        await self._settle(one, message, result)

    async def _post(self, one: Subscription, message: Message, body: bytes, connected: Connected) -> Try:
        at = self._clock()
        try:
            headers = _CONTENT_TYPE | signed(self._secrets(one, at), f"{one.id}.{message.sequence}", at, body)
            url = self._safe.open(one.url, f"{one.id}/url")
            answered = await self._outside.send("POST", url, body, headers, connected)
        except (KeysUnavailable, NotRecorded):
            raise
        except Exception as error:  # whatever an address makes of it is a failed try of this message
            return Try(written(at), None, reason(error))
        return Try(written(at), answered.status, None, answered.retry_after)

    async def _settle(self, one: Subscription, message: Message, result: Try) -> None:
        found = verdict(result.status)
        at = self._clock()
        wait = asked_to_wait(result.retry_after, at)
        again = None if found != "again" else next_try(message.tries + 1, at, self._chance(), wait)
        state: State = "delivered" if found == "delivered" else "pending" if again else "failed"
        await self._store.tried(message, result, state, written(again) if again else None)
        if found == "unwanted":
            await self._store.change(one.id, state="disabled", reason="the receiver answered 410 Gone")

    def _secrets(self, one: Subscription, at: datetime) -> list[str]:
        secrets = [self._safe.open(one.secret, f"{one.id}/secret")]
        if one.former_secret is not None and one.former_until is not None and written(at) < one.former_until:
            secrets.append(self._safe.open(one.former_secret, f"{one.id}/secret"))
        return secrets


def reason(error: Exception) -> str:
    """Why there was no answer, without the address; what is none of the expected reasons is counted as a failure."""
    if not isinstance(error, (aiohttp.ClientError, TimeoutError, NotAnAddress)):
        survived("webhooks", error)
    cause = getattr(error, "os_error", None)
    if isinstance(cause, Forbidden) or isinstance(error, NotAnAddress):
        return "the address is not a public one"
    return "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
