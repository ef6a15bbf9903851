"""`GET /v1/audit/drift`: whether the scores and answers of a period lie as those of a reference period did."""

from collections.abc import Callable, Sequence
from datetime import datetime

import orjson
from aiohttp import web

from infra.clock import now
from infra.http.operation import json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import unavailable
from infra.keys.client import KeysUnavailable
from schemas.drift import ScoreDrift
from schemas.purposes import INDIVIDUALS
from services.audit.acts import Act, Acts
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.entries_api import PURPOSE, stated
from services.audit.statistics.day_counts import DayCounts
from services.audit.statistics.drift import Drift, drift
from services.audit.statistics.histograms import SCORES
from services.audit.statistics.stability import Stability
from services.audit.statistics.windows import (
    Window,
    organisation_parameter,
    usual_windows,
    window_of,
    window_parameters,
)

_QUERY = (
    organisation_parameter(),
    *window_parameters("from", "to", "the last seven full days"),
    *window_parameters("reference-from", "reference-to", "the ninety days before the seven"),
)


class DriftApi:
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
        return [web.get("/v1/audit/drift", self._drift)]

    @operation(
        name="score_drift",
        about="The population stability index of scores and of answers, over those who consented to statistics.",
        proofs=(AUDITOR,),
        query=_QUERY,
        headers=(PURPOSE,),
        answers={200: json_of(ScoreDrift)},
        problems=(401, 403, 422, 503),
    )
    async def _drift(self, request: web.Request) -> web.Response:
        officer = await self._auditors.officer(request)
        given = Parameters(request, *(one.name for one in _QUERY))
        tenant = given.one("organisation") or INDIVIDUALS
        current, reference = usual_windows(self._clock().date())
        windows = (
            window_of(given, "from", "to", current),
            window_of(given, "reference-from", "reference-to", reference),
        )
        given.settle()
        fields = (("purpose", stated(request)), ("query", request.query_string))
        await self._acts.record(Act("search", fields, by=officer.by))
        try:
            found = await drift(self._counts, tenant, *windows)
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        return web.Response(
            body=orjson.dumps(_shown(found)), content_type="application/json", headers={"Cache-Control": "no-store"}
        )


def _shown(found: Drift) -> dict[str, object]:
    return {
        "organisation": found.tenant,
        "current": _period(found.current, found.people),
        "reference": _period(found.reference, found.reference_people),
        **_said(found.stability[SCORES]),
        "answers": [
            {"answers": name.partition("/")[2], **_said(one)}
            for name, one in found.stability.items()
            if name != SCORES
        ],
    }


def _said(one: Stability) -> dict[str, object]:
    return {"verdict": one.verdict, "index_thousandths": one.index_thousandths}


def _period(window: Window, people: int) -> dict[str, object]:
    return {"start": str(window.start), "end": str(window.end), "people": people}
