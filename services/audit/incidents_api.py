"""`POST /v1/audit/incidents`: an incident recorded, its clock, the draft of its report (AI Act Art. 73, GDPR 33)."""

from collections.abc import Sequence
from typing import Any

import orjson
from aiohttp import web

from infra.clock import now, written
from infra.http.operation import JSON, json_of, operation
from schemas.decoding import Decoder
from schemas.incident import IncidentRecorded, RecordIncident
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.documents.clocks import report_by
from services.audit.documents.incident_report import incident_report
from services.audit.incidents import Incidents
from services.audit.tlog.at import At
from services.audit.trails_api import asked_for

_ASKED: Decoder[Any] = Decoder(RecordIncident)


class IncidentsApi:
    """The route."""

    def __init__(self, auditors: Auditors, incidents: Incidents) -> None:
        self._auditors = auditors
        self._incidents = incidents

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.post("/v1/audit/incidents", self._record)]

    @operation(
        name="record_incident",
        about="Record a serious incident; answers the end of its clock and the draft of its report.",
        proofs=(AUDITOR,),
        takes={JSON: RecordIncident},
        answers={201: json_of(IncidentRecorded)},
        problems=(401, 403, 413, 415, 422, 503),
    )
    async def _record(self, request: web.Request) -> web.Response:
        officer = await self._auditors.officer(request)
        asked = await asked_for(request, _ASKED)
        entries = {f"/entries/{place}": At(0, index) for place, index in enumerate(asked.get("entries", []))}
        entries |= {f"/numbered/{place}": At(**one) for place, one in enumerate(asked.get("numbered", []))}
        incident = await self._incidents.record(
            asked["kind"], asked["aware_at"], asked["what"], entries, by=officer.by
        )
        document = {
            "entry": incident.entry_id,
            "report_by": written(report_by(incident.kind, incident.aware_at)),
            "report": incident_report(incident, written(now())),
        }
        return web.Response(
            body=orjson.dumps(document),
            status=201,
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )
