"""`POST /v1/audit/evidence-packs`: one ZIP for a person, some decisions, a period or a methodology; streamed."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from infra.http.operation import JSON, Answer, operation
from schemas.decoding import Decoder
from schemas.evidence import AskForPack
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.evidence.packs import Packs, begun
from services.audit.trails_api import asked_for

_ASKED: Decoder[Any] = Decoder(AskForPack)


class PacksApi:
    """The route."""

    def __init__(self, auditors: Auditors, packs: Packs) -> None:
        self._auditors = auditors
        self._packs = packs

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.post("/v1/audit/evidence-packs", self._pack)]

    @operation(
        name="make_evidence_pack",
        about="A sealed ZIP with proofs, opened payloads and the version that decided. `verify.py` in it checks it.",
        proofs=(AUDITOR,),
        takes={JSON: AskForPack},
        answers={
            200: Answer({"application/zip": {"type": "string", "format": "binary"}}, "The pack, as it is made.")
        },
        problems=(401, 403, 404, 413, 415, 422, 503),
    )
    async def _pack(self, request: web.Request) -> web.StreamResponse:
        officer = await self._auditors.officer(request)
        asked = await asked_for(request, _ASKED)
        pack = await self._packs.ordered(asked, officer.by)
        response = await begun(request)
        async for piece in pack.pieces():
            await response.write(piece)
        await response.write_eof()
        return response
