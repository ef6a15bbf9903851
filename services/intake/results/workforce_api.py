"""`GET /v1/workforce`: how the scores of an organisation's people lie, in cells of at least ten."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web

from infra.clock import now, written
from infra.http.operation import json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import Problem, unavailable
from infra.keys.client import KeysUnavailable
from schemas import workforce as shape
from services.intake.contract import READER
from services.intake.organisations.callers import Callers
from services.intake.results.delivery import Delivery
from services.intake.results.feed import Feed
from services.intake.results.told_figures import ToldFigures
from services.intake.results.views import NotRecorded
from services.intake.results.workforce import LEAST, workforce

_PAGE = 500


class Workforce:
    """The handler. It opens what the organisation may get anyhow, and what the ledger withholds is not counted."""

    def __init__(
        self, callers: Callers, feed: Feed, delivery: Delivery, told: ToldFigures, clock: Callable[[], datetime] = now
    ) -> None:
        self._callers = callers
        self._feed = feed
        self._delivery = delivery
        self._told = told
        self._clock = clock
        self._one = asyncio.Lock()

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/v1/workforce", self.aggregates)]

    @operation(
        name="workforce",
        proofs=(READER,),
        answers={200: json_of(shape.Workforce)},
        problems=(401, 403, 409, 422, 429, 503),
    )
    async def aggregates(self, request: web.Request) -> web.Response:
        """The aggregates at the end of the last full month; 409 where there are too few people for any."""
        tenant = self._callers.organisation(request).tenant
        Parameters(request).settle()
        end = month_of(self._clock())
        async with self._one:
            try:
                body = await self._told.find(tenant, end) or await self._computed(tenant, end)
            except KeysUnavailable:
                raise unavailable("The consent service") from None
        return web.Response(body=body, content_type="application/json", headers={"Cache-Control": "no-store"})

    async def _computed(self, tenant: str, end: str) -> bytes:
        """Kept for the month: asked on either side of a withdrawal, the answers would tell of who withdrew."""
        results = await self._results(tenant, end)
        found = await asyncio.to_thread(workforce, list(results.values()))
        if found is None:
            raise Problem(409, "too-few", "Too few people", f"Fewer than {LEAST} had a result before {end}.")
        told = orjson.dumps({"before": end, **found})
        try:
            await self._delivery.aggregate(tenant, told, await self._told.keeping(tenant, end, told))
        except NotRecorded:
            raise unavailable("The record of who looked at what") from None
        return told

    async def _results(self, tenant: str, end: str) -> Mapping[str, Any]:
        """Each person's newest result from before then, by alias."""
        newest: dict[str, Any] = {}
        after = 0
        while rows := await self._feed.ends(tenant, after, _PAGE, "scored"):
            async with self._delivery.opened(rows) as opened:
                newest |= {
                    row.alias: told["result"]
                    for row, told in zip(rows, opened, strict=True)
                    if row.alias is not None and "result" in told and (row.ended_at or "") < end
                }
            after = rows[-1].sequence or after
        return newest


def month_of(moment: datetime) -> str:
    """The beginning of the month, as times are written."""
    return written(moment.replace(day=1, hour=0, minute=0, second=0))
