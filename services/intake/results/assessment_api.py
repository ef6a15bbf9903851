"""`GET /v1/assessments/{id}` and its explanation."""

from collections.abc import Sequence

from aiohttp import web

from infra.http.operation import json_of, operation
from infra.http.problems import Problem
from schemas.assessment import Assessment
from schemas.result import Detail
from services.intake.contract import PERSON, READER
from services.intake.organisations.callers import Callers
from services.intake.results.documents import Documents
from services.intake.results.reading import Reading


class AssessmentApi:
    """The handlers."""

    def __init__(self, callers: Callers, reading: Reading) -> None:
        self._callers = callers
        self._reading = reading
        self._documents = Documents(reading)

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get("/v1/assessments/{id:[0-9a-f]{32}}", self.assessment),
            web.get("/v1/assessments/{id:[0-9a-f]{32}}/explanation", self.explanation),
        ]

    @operation(
        proofs=(PERSON, READER),
        answers={200: json_of(Assessment)},
        problems=(401, 403, 404, 410, 429, 503),
    )
    async def assessment(self, request: web.Request) -> web.Response:
        """Status, and the result when there is one."""
        caller = self._callers.caller(request)
        row = await self._reading.row(caller, request.match_info["id"])
        return web.json_response(await self._documents.told(caller, row), headers={"Cache-Control": "no-store"})

    @operation(
        proofs=(PERSON, READER),
        answers={200: json_of(Detail)},
        problems=(401, 403, 404, 409, 410, 429, 503),
    )
    async def explanation(self, request: web.Request) -> web.Response:
        """The reasons, down to the items."""
        caller = self._callers.caller(request)
        row = await self._reading.row(caller, request.match_info["id"])
        if row.state != "scored":
            raise Problem(409, "not-scored", "There is no explanation", f"The assessment is {row.state}.")
        async with self._reading.view(caller, "reasons", [row]) as view:
            detail = await view.detail(row)
        return web.json_response(detail, headers={"Cache-Control": "no-store"})
