"""`GET /v1/events`: an organisation's ends and notices as server-sent events (WHATWG HTML, 9.2), as they come.

An event's id is its number in the feed, so that a client that was cut off, or a service that was started anew, goes
on by `Last-Event-ID` where it stood; `?after=` says it to clients that cannot set the header.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

import orjson
import structlog
from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from infra.http.at_once import AtOnce
from infra.http.operation import Answer, Parameter, operation
from infra.http.parameters import Parameters
from infra.http.problems import Problem
from infra.keys.client import KeysUnavailable
from services.intake.contract import AFTER, LARGEST_CURSOR, READER
from services.intake.organisations.access_tokens import LIFETIME_SECONDS
from services.intake.organisations.callers import Callers
from services.intake.results.delivery import Delivery, event
from services.intake.results.feed import Feed
from services.intake.results.loop import Arrivals
from services.intake.results.views import NotRecorded

PAGE = 100
AT_ONCE = 8
"""Open streams of one organisation."""
PING_SECONDS = 15.0
_PAUSE_SECONDS = 2.0
RETRY_MS = 2_000
_LAST = Parameter("Last-Event-ID", "Go on after this event.", {"type": "string", "pattern": "^[0-9]{1,16}$"})
_DATA = "Each event's data is as that of the webhook of the same type: a Delivered, a NoticeTold or a RequestTold."
log = structlog.get_logger(__name__)


class Events:
    """The handler.

    A stream ends when the service does, after the life of a token, and when the organisation is disabled or its
    contract ends: whoever is no longer let in is not told for ever. Clients come again by themselves.
    """

    def __init__(
        self,
        callers: Callers,
        feed: Feed,
        delivery: Delivery,
        arrivals: Arrivals,
        *,
        lifetime: float = LIFETIME_SECONDS,
    ) -> None:
        self._callers = callers
        self._feed = feed
        self._delivery = delivery
        self._arrivals = arrivals
        self._lifetime = lifetime
        self._streams: set[asyncio.Task[None]] = set()
        self._at_once = AtOnce(AT_ONCE, "events")

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/v1/events", self.stream)]

    @operation(
        name="stream_results",
        proofs=(READER,),
        query=(AFTER,),
        headers=(_LAST,),
        answers={200: Answer({"text/event-stream": {"type": "string"}}, _DATA)},
        problems=(400, 401, 403, 422, 429),
    )
    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Everything after the cursor, and then each end as it comes."""
        tenant = self._callers.organisation(request).tenant
        after = _cursor(request)
        with self._at_once.one(request, tenant):
            return await self._streamed(request, tenant, after)

    async def _streamed(self, request: web.Request, tenant: str, after: int) -> web.StreamResponse:
        async with sse_response(request, ping_interval=PING_SECONDS) as response:
            telling = asyncio.create_task(self._tell(response, tenant, after))
            self._streams.add(telling)
            try:
                gone = asyncio.ensure_future(response.wait())
                await asyncio.wait((telling, gone), timeout=self._lifetime, return_when=asyncio.FIRST_COMPLETED)
                gone.cancel()
            finally:
                telling.cancel()
                await asyncio.wait((telling,))
                self._streams.discard(telling)
        if not telling.cancelled() and (error := telling.exception()) and not isinstance(error, ConnectionError):
            raise error
        return response

    async def close(self, _: web.Application) -> None:
        """End all streams, for `on_shutdown`: an open stream would keep the service from ending."""
        for stream in self._streams:
            stream.cancel()

    async def _tell(self, response: EventSourceResponse, tenant: str, after: int) -> None:
        while self._is_let_in(tenant):
            try:
                after = await self._page(response, tenant, after)
            except (KeysUnavailable, NotRecorded):
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            await self._arrivals.wait(tenant, PING_SECONDS, partial(self._is_behind, tenant, after))

    async def _page(self, response: EventSourceResponse, tenant: str, after: int) -> int:
        rows = await self._feed.after(tenant, after, PAGE)
        for row, told in zip(rows, await self._delivery.documents(rows), strict=True):
            name = event(row, told)
            await response.send(orjson.dumps(told).decode(), id=str(row.sequence), event=name, retry=RETRY_MS)
            after = row.sequence or after
        return after

    def _is_let_in(self, tenant: str) -> bool:
        try:
            self._callers.still(tenant)
        except Problem:
            return False
        return True

    async def _is_behind(self, tenant: str, after: int) -> bool:
        return await self._feed.last(tenant) > after


def _cursor(request: web.Request) -> int:
    asked = Parameters(request, "after")
    after = asked.number("after", 0, LARGEST_CURSOR, 0)
    asked.settle()
    last = request.headers.get("Last-Event-ID")
    if last is None:
        return after
    if not (last.isascii() and last.isdecimal() and len(last) <= 16 and int(last) <= LARGEST_CURSOR):
        raise Problem(400, "last-event-id", "Malformed Last-Event-ID", "It is the id of an event of this stream.")
    return int(last)
