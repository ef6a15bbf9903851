"""`POST /v1/audit/incidents`: a serious incident recorded, its clock, the draft of its report (AI Act Art. 73)."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web

from infra.clock import now, written
from infra.http.operation import JSON, json_of, operation
from infra.http.problems import invalid
from schemas.decoding import Decoder
from schemas.faults import Fault
from schemas.incident import IncidentRecorded, RecordIncident
from services.audit.acts import Act, Acts
from services.audit.appender import Appender
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.documents.clocks import report_by
from services.audit.documents.incident_report import Incident, incident_report
from services.audit.trails_api import asked_for

_ASKED: Decoder[Any] = Decoder(RecordIncident)


class IncidentsApi:
    """The route."""

    def __init__(self, appender: Appender, auditors: Auditors, acts: Acts) -> None:
        self._appender = appender
        self._auditors = auditors
        self._acts = acts

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.post("/v1/audit/incidents", self._record)]

    @operation(
        name="record_incident",
        about="Record a serious incident; answers the end of its clock and the draft of its report.",
        proofs=(AUDITOR,),
        takes={JSON: RecordIncident},
        answers={201: json_of(IncidentRecorded)},
        problems=(401, 413, 415, 422, 503),
    )
    async def _record(self, request: web.Request) -> web.Response:
        self._auditors.demand(request)
        asked = await asked_for(request, _ASKED)
        aware_at = _aware(asked["aware_at"])
        leaves = await asyncio.to_thread(self._leaves, asked.get("entries", []))
        told = ("kind", asked["kind"]), ("aware_at", asked["aware_at"]), ("what", asked["what"])
        concerned = ("entries", orjson.dumps([index for index, _ in leaves]).decode())
        (entry,) = await self._acts.record(Act("incident", (*told, concerned)))
        incident = Incident(asked["kind"], aware_at, asked["what"], entry, leaves)
        document = {
            "entry": entry,
            "report_by": written(report_by(asked["kind"], aware_at)),
            "report": incident_report(incident, written(now())),
        }
        return web.Response(
            body=orjson.dumps(document),
            status=201,
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    def _leaves(self, indices: Sequence[int]) -> list[tuple[int, Mapping[str, Any]]]:
        """The entries that it concerns, by index. Raises Problem (422) naming what the log does not hold."""
        log = self._appender.reader()
        unknown = [
            Fault(f"/entries/{at}", f"the log holds {log.state.size} entries, none at {index}")
            for at, index in enumerate(indices)
            if index >= log.state.size
        ]
        if unknown:
            raise invalid(unknown)
        return [(index, orjson.loads(log.entry(index))) for index in sorted(set(indices))]


def _aware(text: str) -> datetime:
    """Since when the incident is known. Raises Problem (422) for no time, and for one to come."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid([Fault("/aware_at", "a time in UTC such as 2026-11-23T18:00:00Z")]) from None
    if moment > now():
        raise invalid([Fault("/aware_at", "it lies ahead; awareness is a past moment")])
    return moment
