"""`POST /v1/audit/entries/0/{index}/act`: who did it and why, opened for an officer, with all that proves it."""

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson
from aiohttp import web

from infra.http.operation import JSON, json_of, operation
from infra.http.problems import not_found
from schemas.decoding import Decoder
from schemas.evidence import OpenedAct as OpenedActDocument
from schemas.evidence import OpenTrail
from services.audit.act_openings import ActOpenings
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.entries_api import entry_of, proof_of
from services.audit.openings import Closed
from services.audit.tlog.appender import Appender
from services.audit.trails_api import asked_for, shown, stays_sealed

_ASKED: Decoder[Any] = Decoder(OpenTrail)


class ActsApi:
    """The route."""

    def __init__(self, appender: Appender, auditors: Auditors, openings: ActOpenings) -> None:
        self._appender = appender
        self._auditors = auditors
        self._openings = openings

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.post("/v1/audit/entries/0/{index:[0-9]{1,15}}/act", self._open)]

    @operation(
        name="open_act",
        about="What an officer or the operator did, opened: who, why, and what was looked for or decided.",
        proofs=(AUDITOR,),
        takes={JSON: OpenTrail},
        answers={200: json_of(OpenedActDocument)},
        problems=(401, 403, 404, 413, 415, 422, 503),
    )
    async def _open(self, request: web.Request) -> web.Response:
        officer = await self._auditors.officer(request)
        asked = await asked_for(request, _ASKED)
        index, entry = await entry_of(self._appender, request)
        found = await self._openings.open({index: entry}, asked["purpose"], asked.get("key", "review"), officer.by)
        opened = found.get(index)
        if opened is None:
            raise not_found("act")
        if isinstance(opened, Closed):
            raise stays_sealed("act", opened)
        proof = await proof_of(self._appender, index)
        document = {
            "log": 0,
            "index": index,
            "entry": orjson.loads(entry),
            "fields": [shown(field) for field in opened.fields],
            "proof": proof.decode(),
        }
        body = await asyncio.to_thread(orjson.dumps, document)
        return web.Response(body=body, content_type="application/json", headers={"Cache-Control": "no-store"})
