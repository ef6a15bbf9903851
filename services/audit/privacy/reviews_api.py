"""The reviews as an auditor works on them: a queue, one opened for a stated purpose, a decision with its reason.

`POST /v1/audit/entries/0/{index}/trail`, which each review links to, shows the decision that is reviewed.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from aiohttp import web

from infra.http.operation import JSON, Parameter, json_of, operation
from schemas.decoding import Decoder
from schemas.review import DecideReview, OpenReview, ReviewsListed
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.privacy.reviews import Reviews
from services.audit.trails_api import asked_for

_PLACE = "/v1/audit/reviews"
_ONE = f"{_PLACE}/{{request:[0-9a-f]{{32}}}}"
_OPEN: Decoder[Any] = Decoder(OpenReview)
_STATE = Parameter("state", "Which reviews.", {"type": "string", "enum": ["open", "decided"], "default": "open"})
_DECIDE: Decoder[Any] = Decoder(DecideReview)


class ReviewsApi:
    """The routes."""

    def __init__(self, auditors: Auditors, reviews: Reviews) -> None:
        self._auditors = auditors
        self._reviews = reviews

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get(_PLACE, self._list),
            web.post(f"{_ONE}:open", self._open),
            web.post(f"{_ONE}:decide", self._decide),
        ]

    @operation(
        name="list_reviews",
        about="The reviews to decide, or with `?state=decided` those that are decided.",
        proofs=(AUDITOR,),
        query=(_STATE,),
        answers={200: json_of(ReviewsListed)},
        problems=(401,),
    )
    async def _list(self, request: web.Request) -> web.Response:
        self._auditors.demand(request)
        decided = request.query.get("state") == "decided"
        return _json({"reviews": await self._reviews.listed(decided)})

    @operation(
        name="open_review",
        about="One review with what its person says, for a stated purpose.",
        proofs=(AUDITOR,),
        takes={JSON: OpenReview},
        answers={200: json_of({"type": "object"})},
        problems=(401, 403, 404, 413, 415, 422, 503),
    )
    async def _open(self, request: web.Request) -> web.Response:
        self._auditors.demand(request)
        asked = await asked_for(request, _OPEN)
        return _json(await self._reviews.opened(request.match_info["request"], asked["purpose"]))

    @operation(
        name="decide_review",
        about="Confirm, annotate or overrule, with the reason that the person reads.",
        proofs=(AUDITOR,),
        takes={JSON: DecideReview},
        answers={200: json_of({"type": "object"})},
        problems=(401, 403, 404, 409, 413, 415, 422, 503),
    )
    async def _decide(self, request: web.Request) -> web.Response:
        self._auditors.demand(request)
        asked = await asked_for(request, _DECIDE)
        decided = await self._reviews.decide(request.match_info["request"], asked["decision"], asked["reason"])
        await self._reviews.tell()
        return _json(decided)


def _json(document: dict[str, Any]) -> web.Response:
    return web.Response(
        body=orjson.dumps(document), content_type="application/json", headers={"Cache-Control": "no-store"}
    )
