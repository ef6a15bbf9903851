"""`POST /v1/assessments/{id}:rescore`: a person's old answers scored by the newest version, beside the old result.

The same sealed answers are handed in once more, as an assessment of its own with its own audit entries; the old one
stays as it is. Its id follows from the old one and the version, so asking twice makes one assessment. No consent is
given by it: the ledger says what holds of the person's own, and refuses where they have taken it back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import msgspec
from aiohttp import web

from infra.http.operation import json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import Problem, invalid
from schemas.assessment import Rescored
from schemas.faults import Faulty
from schemas.submission import handed_in_again
from services.intake.advice.guidance import personal
from services.intake.assessments.rows import Row
from services.intake.contract import PERSON
from services.intake.handing_in.acceptance import Acceptance
from services.intake.handing_in.hand_in import HandIn, read
from services.intake.organisations.callers import Caller, Callers
from services.intake.results.reading import Reading, View
from services.methodology.version import Version


class Rescoring:
    """The handler. `version` is the newest one."""

    def __init__(self, version: Version, callers: Callers, reading: Reading, acceptance: Acceptance) -> None:
        self._version = version
        self._callers = callers
        self._reading = reading
        self._acceptance = acceptance

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.post("/v1/assessments/{id:[0-9a-f]{32}}:rescore", self.rescore)]

    @operation(
        proofs=(PERSON,),
        answers={202: json_of(Rescored)},
        problems=(401, 403, 404, 409, 410, 422, 429, 503),
    )
    async def rescore(self, request: web.Request) -> web.Response:
        """202 with the new assessment's place; 409 where the newest version has scored it already."""
        caller = personal(self._callers.caller(request))
        Parameters(request).settle()
        self._acceptance.admission.open()
        row = await self._reading.to_change(caller, request.match_info["id"])
        if row.state != "scored":
            raise Problem(409, "not-scored", "There is nothing to score again", f"The assessment is {row.state}.")
        async with self._reading.view(caller, "answers, to score them again", [row]) as view:
            again = await self._again(caller, row, view)
        answer = await self._acceptance.again(caller, again)
        if isinstance(answer, Problem):
            raise answer
        place = f"/v1/assessments/{answer.id}"
        document = {
            "id": answer.id,
            "status": answer.state,
            "methodology": self._version.head(),
            "links": {"self": place, "beside": f"/v1/assessments/{row.id}", "series": "/v1/assessments"},
        }
        return web.json_response(document, status=202, headers={"Location": place, "Cache-Control": "no-store"})

    async def _again(self, caller: Caller, row: Row, view: View) -> HandIn:
        """The old hand-in under its new id. Raises Problem: 409 where the newest version has scored it already, 422
        where it does not take it.
        """
        if not outdated(await view.result(row), self._version):
            raise Problem(
                409,
                "newest-version",
                "It is of the newest version",
                f"Version {self._version.id} has scored it; the same answers would give the same result.",
            )
        raw = msgspec.json.encode(handed_in_again(await view.handed_in(row)))
        try:
            again = read(raw, caller, rescored_id(row.id, self._version), self._version)
        except Faulty as faulty:
            raise invalid(faulty.faults) from None
        return replace(again, person=msgspec.structs.replace(again.person, records=()), counted=None)


def rescored_id(assessment: str, version: Version) -> str:
    """The id of the assessment that scores an older one's answers by a version: 32 hexadecimal digits."""
    return sha256(f"careerpulse/rescored/v1/{assessment}/{version.hash}".encode()).hexdigest()[:32]


def outdated(document: Mapping[str, Any], version: Version) -> bool:
    """Whether a `Result` or `Detail` was made by another version than this one."""
    return bool(document["methodology"] != version.head())
