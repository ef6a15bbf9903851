"""`POST /v1/assessments:validate`: would this hand-in be taken? Nothing of it is kept, sent, logged or counted."""

from collections.abc import Sequence

from aiohttp import web

from infra.http.body import body_of, expect
from infra.http.languages import ACCEPT_LANGUAGE, spoken_in
from infra.http.operation import json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import invalid
from schemas.assessment import Valid
from schemas.faults import Faulty
from schemas.submission import EmployeeHandIn, PersonHandIn
from services.intake.contract import LANGUAGE, NOBODY, PERSON, WRITER
from services.intake.handing_in.hand_in import read
from services.intake.handing_in.suggestions import suggested
from services.intake.organisations.callers import Callers
from services.methodology.version import Version

_NO_EVENT = "0" * 32


class DryRun:
    """The handler."""

    def __init__(self, version: Version, callers: Callers) -> None:
        self._version = version
        self._callers = callers

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.post("/v1/assessments:validate", self.validate)]

    @operation(
        proofs=(NOBODY, PERSON, WRITER),
        query=(LANGUAGE,),
        headers=(ACCEPT_LANGUAGE,),
        takes={"application/json": (PersonHandIn, EmployeeHandIn)},
        answers={200: json_of(Valid)},
        problems=(400, 401, 403, 413, 415, 422, 429),
    )
    async def validate(self, request: web.Request) -> web.Response:
        """200 where the same document would be read as a hand-in of this caller, else 422 with every fault.

        What the methodology finds is told in English or German. The ledger is not asked, so a person who has
        withdrawn may still be refused at the hand-in.
        """
        caller = self._callers.caller(request)
        expect(request, "application/json")
        asked = Parameters(request, "lang")
        language = spoken_in(request, asked, self._version.languages).language
        asked.settle()
        raw = await body_of(request)
        try:
            read(raw, caller, _NO_EVENT, self._version, language)
        except Faulty as faulty:
            raise invalid(await suggested(faulty.faults, raw, self._version, language)) from None
        methodology = {"version": self._version.id, "hash": self._version.hash}
        return web.json_response({"valid": True, "methodology": methodology}, headers={"Cache-Control": "no-store"})
