"""`GET /v1/audit/fairness`: whether groups reach scores above the median as often as others do."""

from collections.abc import Callable, Sequence
from datetime import datetime

import orjson
from aiohttp import web

from infra.clock import now
from infra.http.operation import json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import unavailable
from infra.keys.client import KeysUnavailable
from schemas.fairness import Fairness
from schemas.purposes import INDIVIDUALS
from services.audit.acts import Act, Acts
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.entries_api import PURPOSE, stated
from services.audit.statistics.day_counts import DayCounts
from services.audit.statistics.group_scores import group_scores, told
from services.audit.statistics.windows import last_days, organisation_parameter, window_of, window_parameters

USUAL_DAYS = 90
_QUERY = (organisation_parameter(), *window_parameters("from", "to", f"the last {USUAL_DAYS} full days"))


class FairnessApi:
    """The route."""

    def __init__(
        self, auditors: Auditors, counts: DayCounts, acts: Acts, clock: Callable[[], datetime] = now
    ) -> None:
        self._auditors = auditors
        self._counts = counts
        self._acts = acts
        self._clock = clock

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/v1/audit/fairness", self._fairness)]

    @operation(
        name="fairness",
        about="Scoring rates and impact ratios by sex, age band and career break, with tests of significance, over "
        "those who consented to statistics.",
        proofs=(AUDITOR,),
        query=_QUERY,
        headers=(PURPOSE,),
        answers={200: json_of(Fairness)},
        problems=(401, 403, 422, 503),
    )
    async def _fairness(self, request: web.Request) -> web.Response:
        officer = await self._auditors.officer(request)
        given = Parameters(request, *(one.name for one in _QUERY))
        tenant = given.one("organisation") or INDIVIDUALS
        window = window_of(given, "from", "to", last_days(self._clock().date(), USUAL_DAYS))
        given.settle()
        fields = (("purpose", stated(request)), ("query", request.query_string))
        await self._acts.record(Act("search", fields, by=officer.by))
        try:
            found = await group_scores(self._counts, tenant, window)
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        return web.Response(
            body=orjson.dumps(told(found)), content_type="application/json", headers={"Cache-Control": "no-store"}
        )
