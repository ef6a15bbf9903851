"""Employees over HTTP: redeeming a code, and seeing what was asked for oneself by whomever."""

from collections.abc import Sequence

import msgspec
from aiohttp import web
from marshmallow import fields

from infra.http.operation import JSON, json_of, operation
from infra.http.problems import Problem
from schemas.employees import ForwardedRequests
from schemas.fields import Items, Line, Open, Strict, Text
from services.consent.claims import Claims
from services.consent.contract import PERSON, PROVED
from services.consent.controllers.employees import CodeUsed, Employees
from services.consent.controllers.instructions import Instructions
from services.consent.documents import answer, body

PLACE, CODES = "/v1/privacy/forwarded", "/v1/privacy/codes"


class CodeTaken(Strict):
    """`POST /v1/claims`: the single-use code that came from the employer."""

    code = Line(60, required=True)


class ClaimTold(Strict):
    """The claim code, shown here only."""

    claim_code = Text(200, required=True)
    links = Open({"type": "object", "additionalProperties": {"type": "string"}}, required=True)


class CodeShown(Strict):
    """A code that leads to the person: whether the organisation obtained it or it was told at the hand-in, and when
    somebody took it.
    """

    issued_by = Text(20, choices=("organisation", "hand-in"), required=True)
    issued_at = Text(40, required=True)
    taken_at = Text(40, required=True, allow_none=True)


class CodesListed(Strict):
    """All codes of one person, the oldest first."""

    codes = Items(fields.Nested(CodeShown), 10_000, required=True)


class EmployeesApi:
    """The handlers."""

    def __init__(self, employees: Employees, instructions: Instructions, claims: Claims) -> None:
        self._employees = employees
        self._instructions = instructions
        self._claims = claims

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.post("/v1/claims", self.take),
            web.get(PLACE, self.list_forwarded),
            web.get(CODES, self.list_codes),
        ]

    @operation(
        name="redeem_code",
        takes={JSON: CodeTaken},
        answers={201: json_of(ClaimTold)},
        problems=(400, *PROVED, 409, 413, 415, 422),
    )
    async def take(self, request: web.Request) -> web.Response:
        """A single-use code → 201 with the claim code, shown here only. Wrong and expired ones are alike.

        Who comes with one that was used before is told when that was (409).
        """
        code = (await body(request, CodeTaken()))["code"]
        try:
            claim_code = await self._claims.redeemed(request, code, self._employees.redeem)
        except CodeUsed as used:
            raise Problem(409, "code-used", "Used before", str(used)) from used
        return answer({"claim_code": claim_code, "links": {"forwarded": PLACE, "codes": CODES}}, status=201)

    @operation(proofs=(PERSON,), answers={200: json_of(ForwardedRequests)}, problems=PROVED)
    async def list_forwarded(self, request: web.Request) -> web.Response:
        """What the employee asked for that is the employer's to decide, and what the employer asked for instead."""
        found = await self._instructions.show(await self._claims.alias(request))
        return answer({"requests": [msgspec.to_builtins(one) for one in found]})

    @operation(proofs=(PERSON,), answers={200: json_of(CodesListed)}, problems=PROVED)
    async def list_codes(self, request: web.Request) -> web.Response:
        """Every code by which somebody could become the employee, and when it was taken."""
        found = await self._employees.codes_of(await self._claims.alias(request))
        return answer({"codes": [msgspec.to_builtins(one) for one in found]})
