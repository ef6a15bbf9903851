"""`/v1/privacy/notices`: what an organisation has still to acknowledge (GDPR Art. 19)."""

from collections.abc import Sequence
from typing import Any

import orjson
from aiohttp import web

from infra.http.operation import json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import not_found, unavailable
from infra.kafka.producer import BrokerUnavailable
from schemas.notices import NoticesTold, NoticeTold
from services.intake.contract import READER
from services.intake.organisations.callers import Callers
from services.intake.results.notice import PLACE
from services.intake.results.notices import Notices


class NoticesApi:
    """The handlers."""

    def __init__(self, callers: Callers, notices: Notices) -> None:
        self._callers = callers
        self._notices = notices

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get(PLACE, self.listed),
            web.post(f"{PLACE}/{{id:[0-9a-f]{{32}}}}:acknowledge", self.acknowledge),
        ]

    @operation(name="list_notices", proofs=(READER,), answers={200: json_of(NoticesTold)}, problems=(401, 403, 422))
    async def listed(self, request: web.Request) -> web.Response:
        """What the organisation has still to take notice of."""
        caller = self._callers.organisation(request)
        Parameters(request).settle()
        return _answer({"notices": [one.document() for one in await self._notices.open_of(caller.tenant)]})

    @operation(
        name="acknowledge_notice",
        proofs=(READER,),
        answers={200: json_of(NoticeTold)},
        problems=(401, 403, 404, 503),
    )
    async def acknowledge(self, request: web.Request) -> web.Response:
        """Take notice → 200 with the notice, again as often as it is said."""
        caller = self._callers.organisation(request)
        try:
            kept = await self._notices.acknowledge(caller.tenant, request.match_info["id"])
        except BrokerUnavailable:
            raise unavailable("The message broker") from None
        if kept is None:
            raise not_found("notice")
        return _answer(kept.document())


def _answer(document: dict[str, Any]) -> web.Response:
    return web.Response(
        body=orjson.dumps(document), content_type="application/json", headers={"Cache-Control": "no-store"}
    )
