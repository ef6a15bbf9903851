"""`GET /v1/results`: an organisation's ends, page by page behind a cursor."""

from collections.abc import Sequence
from urllib.parse import urlencode

import orjson
from aiohttp import web

from infra.http.operation import Parameter, json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import unavailable
from infra.keys.client import KeysUnavailable
from schemas.delivery import ResultsPage
from services.intake.contract import AFTER, LARGEST_CURSOR, READER
from services.intake.organisations.callers import Callers
from services.intake.results.delivery import Delivery
from services.intake.results.feed import STATES, Feed
from services.intake.results.views import NotRecorded

MOST = 500
USUAL = 100

_QUERY = (
    AFTER,
    Parameter(
        "state",
        "Only ends of this state. A scored one that a person has to review first is told as `withheld`.",
        {"type": "string", "enum": ["any", *STATES], "default": "any"},
    ),
    Parameter("limit", "How many.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}),
)


class Results:
    """The handler."""

    def __init__(self, callers: Callers, feed: Feed, delivery: Delivery) -> None:
        self._callers = callers
        self._feed = feed
        self._delivery = delivery

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/v1/results", self.page)]

    @operation(
        name="list_results",
        proofs=(READER,),
        query=_QUERY,
        answers={200: json_of(ResultsPage)},
        problems=(401, 403, 422, 429, 503),
    )
    async def page(self, request: web.Request) -> web.Response:
        """The ends after `after`, the oldest first; `next` is the cursor of the page that follows.

        A page may be shorter than `limit`, and an empty one is the end for now: the same cursor goes on later.
        """
        tenant = self._callers.organisation(request).tenant
        asked = Parameters(request, "state", "after", "limit")
        state = asked.choice("state", ("any", *STATES), "any")
        after = asked.number("after", 0, LARGEST_CURSOR, 0)
        limit = asked.number("limit", 1, MOST, USUAL)
        asked.settle()
        rows = await self._feed.ends(tenant, after, limit, None if state == "any" else state)
        try:
            results = await self._delivery.documents(rows)
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        except NotRecorded:
            raise unavailable("The record of who looked at what") from None
        cursor = rows[-1].sequence if rows else after
        following = urlencode({"state": state, "after": cursor, "limit": limit})
        document = {"results": results, "next": cursor, "links": {"next": f"/v1/results?{following}"}}
        return web.Response(
            body=orjson.dumps(document), content_type="application/json", headers={"Cache-Control": "no-store"}
        )
