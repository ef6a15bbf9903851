"""`GET /v1/audit/drift`: whether the scores of a period lie as those of a reference period did."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

import orjson
from aiohttp import web

from infra.clock import now
from infra.http.operation import Parameter, json_of, operation
from infra.http.parameters import Parameters
from schemas.drift import DAY, ScoreDrift
from schemas.purposes import INDIVIDUALS
from services.audit.acts import Act, Acts
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.entries_api import stated
from services.audit.statistics.drift import Drift, Window, drift, usual_windows
from services.audit.statistics.score_counts import ScoreCounts

_DAY = {"type": "string", "pattern": f"^{DAY}$"}
_QUERY = (
    Parameter("organisation", "Whose people.", {"type": "string", "default": INDIVIDUALS}),
    Parameter("from", "The period's first day; by default the last seven full days.", _DAY),
    Parameter("to", "The day behind its last.", _DAY),
    Parameter("reference-from", "The reference's first day; by default the ninety days before the seven.", _DAY),
    Parameter("reference-to", "The day behind its last.", _DAY),
)


class DriftApi:
    """The route."""

    def __init__(
        self, auditors: Auditors, counts: ScoreCounts, acts: Acts, clock: Callable[[], datetime] = now
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
        about="The population stability index of displayed scores, over those who consented to statistics.",
        proofs=(AUDITOR,),
        query=_QUERY,
        answers={200: json_of(ScoreDrift)},
        problems=(401, 422, 503),
    )
    async def _drift(self, request: web.Request) -> web.Response:
        self._auditors.demand(request)
        given = Parameters(request, *(one.name for one in _QUERY))
        tenant = given.one("organisation") or INDIVIDUALS
        current, reference = usual_windows(self._clock().date())
        windows = _window(given, "from", "to", current), _window(given, "reference-from", "reference-to", reference)
        given.settle()
        await self._acts.record(Act("search", (("purpose", stated(request)), ("query", request.query_string))))
        found = await drift(self._counts, tenant, *windows)
        return web.Response(
            body=orjson.dumps(_shown(found)), content_type="application/json", headers={"Cache-Control": "no-store"}
        )


def _window(given: Parameters, first: str, last: str, usual: Window) -> Window:
    window = Window(_day(given, first, usual.start), _day(given, last, usual.end))
    if window.start >= window.end:
        given.fault(last, f"Must lie after `{first}`; give both.")
    return window


def _day(given: Parameters, name: str, usual: date) -> date:
    value = given.one(name)
    if value is None:
        return usual
    try:
        return date.fromisoformat(value)
    except ValueError:
        given.fault(name, "Must be a day such as 2026-11-23.")
        return usual


def _shown(found: Drift) -> dict[str, object]:
    return {
        "organisation": found.tenant,
        "current": _period(found.current, found.people),
        "reference": _period(found.reference, found.reference_people),
        "verdict": found.stability.verdict,
        "index_thousandths": found.stability.index_thousandths,
    }


def _period(window: Window, people: int) -> dict[str, object]:
    return {"start": str(window.start), "end": str(window.end), "people": people}
