"""The reviews as an auditor works on them: a queue, one opened for a stated purpose, a decision with its reason.

An overseer's own token opens and decides; whoever has not opened a review does not decide it.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from aiohttp import web

from infra.http.operation import JSON, Parameter, json_of, operation
from infra.http.parameters import Parameters
from schemas.decoding import Decoder
from schemas.review import DecideReview, OpenReview, ReviewsListed
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.openings import Opened
from services.audit.privacy.reviews import OpenedReview, Reviews
from services.audit.trails_api import asked_for, shown

_PLACE = "/v1/audit/reviews"
_ONE = f"{_PLACE}/{{request:[0-9a-f]{{32}}}}"
_OPEN: Decoder[Any] = Decoder(OpenReview)
_STATES = ("open", "decided")
_STATE = Parameter("state", "Which reviews.", {"type": "string", "enum": [*_STATES], "default": "open"})
_CURSOR = Parameter("cursor", "Where the page before ended: its `next`.", {"type": "string"})
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
        about="The reviews to decide, the most urgent first, or with `?state=decided` those that are decided, the "
        "newest first.",
        proofs=(AUDITOR,),
        query=(_STATE, _CURSOR),
        answers={200: json_of(ReviewsListed)},
        problems=(401, 403, 422),
    )
    async def _list(self, request: web.Request) -> web.Response:
        await self._auditors.officer(request)
        given = Parameters(request, _STATE.name, _CURSOR.name)
        decided = given.choice(_STATE.name, _STATES, "open") == "decided"
        cursor = given.one(_CURSOR.name)
        given.settle()
        page = await self._reviews.rows.page(decided=decided, cursor=cursor)
        return _json({"reviews": page.reviews, "next": page.following})

    @operation(
        name="open_review",
        about="One review with what its person says and the decision that it is about, for a stated purpose.",
        proofs=(AUDITOR,),
        takes={JSON: OpenReview},
        answers={200: json_of({"type": "object"})},
        problems=(401, 403, 404, 413, 415, 422, 503),
    )
    async def _open(self, request: web.Request) -> web.Response:
        officer = await self._auditors.officer(request, "decide")
        asked = await asked_for(request, _OPEN)
        return _json(_shown(await self._reviews.opened(request.match_info["request"], asked["purpose"], officer.by)))

    @operation(
        name="decide_review",
        about="Confirm, annotate or overrule what was opened before, with the reason that the person reads.",
        proofs=(AUDITOR,),
        takes={JSON: DecideReview},
        answers={200: json_of({"type": "object"})},
        problems=(401, 403, 404, 409, 413, 415, 422, 503),
    )
    async def _decide(self, request: web.Request) -> web.Response:
        officer = await self._auditors.officer(request, "decide")
        asked = await asked_for(request, _DECIDE)
        place = request.match_info["request"]
        decided = await self._reviews.decide(place, asked["decision"], asked["reason"], officer.by)
        await self._reviews.tell()
        return _json(decided)


def _shown(opened: OpenedReview) -> dict[str, Any]:
    one = opened.decision
    decision: dict[str, Any] | None = None
    if isinstance(one, Opened):
        decision = {"event": one.event_id, "fields": [shown(field) for field in one.fields], "trail": one.trail}
    elif one is not None:
        decision = {"closed": one.reason}
    sealed = {"statement": opened.statement, "why": opened.why, "reason": opened.reason}
    return {**opened.review, **sealed, "decision": decision}


def _json(document: dict[str, Any]) -> web.Response:
    return web.Response(
        body=orjson.dumps(document), content_type="application/json", headers={"Cache-Control": "no-store"}
    )
