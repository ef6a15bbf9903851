"""An organisation's part in its employees' rights: codes to pass on, requests to decide, requests on their behalf."""

from collections.abc import Sequence
from typing import Any

import msgspec
from aiohttp import web

from infra.http.body import body_of, expect
from infra.http.operation import JSON, json_of, operation
from infra.http.problems import Problem, invalid, not_found, unavailable
from infra.keys.client import Answer, KeyClient, KeysRefused, KeysUnavailable
from schemas.decoding import Decoder
from schemas.employees import (
    AskedOnBehalf,
    AskForEmployee,
    EmployeeAsked,
    EmployeeCode,
    EmployeeNamed,
    Forwarded,
    ForwardedRequests,
    Instruction,
    InstructRequest,
    Invited,
    InviteEmployee,
    ListWaiting,
)
from schemas.faults import Fault, Faulty
from schemas.privacy_request import ABOUT_ASSESSMENTS, ASSESSMENT_RULE
from services.intake.contract import EMPLOYER
from services.intake.organisations.callers import Callers
from services.intake.organisations.handed_on import letter

_PLACE = "/v1/employees"
_NAMED: Decoder[Any] = Decoder(EmployeeNamed)
_ASKED: Decoder[Any] = Decoder(EmployeeAsked)
_INSTRUCTION: Decoder[Any] = Decoder(Instruction)

_REFUSED = (401, 403, 409, 429, 503)
_TAKEN = (413, 415, 422)


class Employees:
    """The handlers; each is for organisations only, and for their own employees. `privacy` is where its pages lie."""

    def __init__(self, callers: Callers, keys: KeyClient, privacy: str) -> None:
        self._privacy = privacy
        self._callers = callers
        self._keys = keys

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.post(f"{_PLACE}/codes", self.invite),
            web.get(f"{_PLACE}/requests", self.waiting),
            web.post(f"{_PLACE}/requests", self.ask),
            web.post(f"{_PLACE}/requests/{{id}}/instruction", self.instruct),
        ]

    @operation(
        name="invite_employee",
        proofs=(EMPLOYER,),
        takes={JSON: EmployeeNamed},
        answers={201: json_of(EmployeeCode)},
        problems=(*_REFUSED, 404, *_TAKEN),
    )
    async def invite(self, request: web.Request) -> web.Response:
        """A single-use code to pass on to an employee → 201. It replaces an earlier one that was not used.

        None is given for an employee who has filled in the form themself: they were told their own code there.
        """
        tenant = self._callers.organisation(request).tenant
        named = await _document(request, _NAMED)
        invited = await self._ask("invite", InviteEmployee(tenant, named.external_id), Invited)
        if invited.has_one_since is not None:
            raise _has_one(invited.has_one_since)
        if invited.code is None:
            raise not_found("employee")
        code = EmployeeCode(invited.code, invited.expires_at, f"{self._privacy}/employee#{invited.code}")
        return _answer(msgspec.to_builtins(code), 201)

    @operation(
        name="employee_requests",
        proofs=(EMPLOYER,),
        answers={200: json_of(ForwardedRequests)},
        problems=_REFUSED,
    )
    async def waiting(self, request: web.Request) -> web.Response:
        """The requests of its employees, those that wait for its word first; to read them is to be handed them."""
        tenant = self._callers.organisation(request).tenant
        found = await self._ask("waiting", ListWaiting(tenant), ForwardedRequests)
        return _answer({"requests": [_shown(one) for one in found.requests]})

    @operation(
        name="ask_for_employee",
        proofs=(EMPLOYER,),
        takes={JSON: EmployeeAsked},
        answers={202: json_of(AskedOnBehalf)},
        problems=(*_REFUSED, 404, *_TAKEN),
    )
    async def ask(self, request: web.Request) -> web.Response:
        """A request on an employee's behalf → 202; it is logged as such, and the employee sees it.

        With it comes the letter for the organisation to hand on; `told_at` says later when the employee read of it.
        The end of a restriction is announced by it, and carried out by an instruction once the employee was told.
        """
        tenant = self._callers.organisation(request).tenant
        asked = await _document(request, _ASKED)
        purpose = None if asked.purpose is msgspec.UNSET else asked.purpose
        if purpose is not None and asked.type != "objection":
            raise invalid([Fault("/purpose", f"Only an objection names a purpose; {asked.type} holds for all.")])
        assessment = None if asked.assessment is msgspec.UNSET else asked.assessment
        if (assessment is not None) != (asked.type in ABOUT_ASSESSMENTS):
            raise invalid([Fault("/assessment", ASSESSMENT_RULE)])
        on_behalf = AskForEmployee(tenant, asked.external_id, asked.type, purpose, assessment)
        opened = _one(await self._ask("ask", on_behalf, ForwardedRequests), "employee")
        return _answer(_shown(opened) | {"letter": letter(opened, self._privacy)}, 202)

    @operation(
        name="instruct_request",
        proofs=(EMPLOYER,),
        takes={JSON: Instruction},
        answers={200: json_of(Forwarded)},
        problems=(*_REFUSED, 404, *_TAKEN),
    )
    async def instruct(self, request: web.Request) -> web.Response:
        """The controller's word on a request; what is decided stays decided."""
        tenant = self._callers.organisation(request).tenant
        word = await _document(request, _INSTRUCTION)
        reason = None if word.reason is msgspec.UNSET else word.reason
        if (word.decision == "refuse") != (reason is not None):
            raise invalid([Fault("/reason", "A refusal says why, for the employee to read; nothing else does.")])
        told_at = None if word.told_at is msgspec.UNSET else word.told_at
        if told_at is not None and word.decision != "carry-out":
            raise invalid([Fault("/told_at", "Only the end of a restriction that is carried out was told before.")])
        instruct = InstructRequest(tenant, request.match_info["id"], word.decision, reason, told_at)
        return _answer(_shown(_one(await self._ask("instruct", instruct, ForwardedRequests), "request")))

    async def _ask(self, call: str, asked: msgspec.Struct, answer: type[Answer]) -> Answer:
        try:
            return await self._keys.employees(call, asked, answer)
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        except KeysRefused as refused:
            raise Problem(409, "not-possible", "Not possible", str(refused)) from None


def _has_one(since: str) -> Problem:
    detail = (
        f"This employee has had a claim code since {since}, told to them alone. No other one is issued, so that what "
        "they answered is opened by nobody else. For who has lost it you can ask for the erasure, and invite anew."
    )
    return Problem(409, "code-taken", "The employee has a code", detail)


async def _document(request: web.Request, decoder: Decoder[Any]) -> Any:
    expect(request, "application/json")
    try:
        return decoder.decode(await body_of(request))
    except Faulty as faulty:
        raise invalid(faulty.faults) from None


def _one(found: ForwardedRequests, what: str) -> Forwarded:
    if not found.requests:
        raise not_found(what)
    return found.requests[0]


def _shown(one: Forwarded) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(one)
    return shown | {"links": {"instruction": f"{_PLACE}/requests/{one.id}/instruction"}}


def _answer(document: object, status: int = 200) -> web.Response:
    return web.json_response(document, status=status, headers={"Cache-Control": "no-store"})
