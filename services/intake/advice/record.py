"""What only its person gets of an assessment: `…/trail`, all that was used and both scores, and `…/record`, all that
it takes to compute the past result again on any machine.
"""

from collections.abc import Sequence

import orjson
from aiohttp import web

from infra.http.operation import json_of, operation
from infra.http.problems import Problem
from schemas.assessment import Record
from services.intake.advice.guidance import personal
from services.intake.assessments.rows import Row
from services.intake.contract import PERSON
from services.intake.organisations.callers import Caller, Callers
from services.intake.results.reading import Reading


class Records:
    """The handler."""

    def __init__(self, callers: Callers, reading: Reading) -> None:
        self._callers = callers
        self._reading = reading

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get("/v1/assessments/{id:[0-9a-f]{32}}/record", self.record),
            web.get("/v1/assessments/{id:[0-9a-f]{32}}/trail", self.trail),
        ]

    @operation(proofs=(PERSON,), answers={200: json_of(Record)}, problems=(401, 403, 404, 409, 410, 429, 503))
    async def record(self, request: web.Request) -> web.Response:
        """Answers, result and reasons as they were sealed, and the score's entry with the salts of its fields."""
        caller, row = await self._scored(request)
        async with self._reading.view(caller, "record", [row]) as view:
            document = {
                "id": row.id,
                "tenant": row.tenant,
                "answers": await view.answers(row),
                "result": await view.result(row),
                "detail": await view.detail(row),
            }
            if row.leaf is not None:
                document |= {"entry": orjson.loads(row.leaf), "salts": await view.salts(row)}
        return _private(document)

    @operation(
        proofs=(PERSON,), answers={200: json_of({"type": "object"})}, problems=(401, 403, 404, 409, 410, 429, 503)
    )
    async def trail(self, request: web.Request) -> web.Response:
        """All that was used: both scores where income was asked, with the reasons, figures and quality signs."""
        caller, row = await self._scored(request)
        async with self._reading.view(caller, "trail", [row]) as view:
            document = await view.trail(row)
        return _private(document)

    async def _scored(self, request: web.Request) -> tuple[Caller, Row]:
        caller = personal(self._callers.caller(request))
        row = await self._reading.row(caller, request.match_info["id"])
        if row.state != "scored":
            raise Problem(409, "not-scored", "There is no record", f"The assessment is {row.state}.")
        return caller, row


def _private(document: object) -> web.Response:
    return web.Response(
        body=orjson.dumps(document), content_type="application/json", headers={"Cache-Control": "no-store"}
    )
