"""The assessment-partner interface in the shape that applicant-tracking systems call it.

Source: Greenhouse, "Assessment Partner API" (https://developers.greenhouse.io/assessment.html): Basic authentication
by an API key, `list_tests`, `send_test`, `test_status`, `response_error` for an answer that it could not use, and an
empty PATCH to the given URL when a test has ended. The mail to the candidate that it expects is not sent from here.
"""

import base64
from collections.abc import Sequence
from typing import Any

import msgspec
import orjson
import structlog
from aiohttp import web

from infra.http.body import body_of, expect
from infra.http.operation import JSON, Parameter, json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import Problem, invalid, not_found, unavailable
from infra.keys.client import KeysUnavailable
from schemas.decoding import Decoder
from schemas.faults import Faulty
from schemas.invitation import (
    PARTNER_TEST,
    PartnerResponseError,
    PartnerSendTest,
    PartnerStatus,
    PartnerTestSent,
)
from services.intake.assessments.store import Store
from services.intake.contract import PARTNER
from services.intake.invitations.inviting import Inviting
from services.intake.invitations.routes import address
from services.intake.invitations.store import InvitationStore
from services.intake.organisations.callers import Caller, Callers
from services.intake.organisations.partner_keys import PartnerKeys
from services.intake.results.delivery import Delivery, Document
from services.intake.results.views import NotRecorded

_TESTS = [{"partner_test_id": PARTNER_TEST, "partner_test_name": "CareerPulse: how future-proof a career is"}]
_LISTED: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["partner_test_id", "partner_test_name"],
        "properties": {"partner_test_id": {"type": "string"}, "partner_test_name": {"type": "string"}},
    },
}
_STATUS = {"scored": "complete", "accepted": "in_progress", "refused": "declined", "gone": "deleted"}
_ID = Parameter(
    "partner_interview_id",
    "The test as it was sent to one person.",
    {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    required=True,
)
_SEND_TEST: Decoder[Any] = Decoder(PartnerSendTest)
_RESPONSE_ERROR: Decoder[Any] = Decoder(PartnerResponseError)
_CALLS = ("list_tests", "send_test", "test_status")
log = structlog.get_logger(__name__)


class Partner:
    """The handlers. `issuer` is the public address of the pages."""

    def __init__(
        self,
        *,
        callers: Callers,
        keys: PartnerKeys,
        inviting: Inviting,
        store: InvitationStore,
        assessments: Store,
        delivery: Delivery,
        issuer: str,
    ) -> None:
        self._callers = callers
        self._keys = keys
        self._inviting = inviting
        self._store = store
        self._assessments = assessments
        self._delivery = delivery
        self._issuer = issuer

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get("/partner/v1/list_tests", self.tests),
            web.post("/partner/v1/send_test", self.send),
            web.get("/partner/v1/test_status", self.status),
            web.post("/partner/v1/response_error", self.error),
        ]

    @operation(
        name="partner_list_tests",
        proofs=(PARTNER,),
        answers={200: json_of(_LISTED)},
        problems=(401, 422, 429),
    )
    async def tests(self, request: web.Request) -> web.Response:
        """The tests that there are."""
        await self._caller(request)
        Parameters(request).settle()
        return _answer(_TESTS)

    @operation(
        name="partner_send_test",
        proofs=(PARTNER,),
        takes={JSON: PartnerSendTest},
        answers={200: json_of(PartnerTestSent)},
        problems=(401, 409, 413, 415, 422, 429),
    )
    async def send(self, request: web.Request) -> web.Response:
        """An invitation for a candidate. Sent again it is the same one, for 48 hours.

        What tells a repetition is `url`, or where there is none the candidate.
        """
        caller = await self._caller(request)
        asked = await _read(request, _SEND_TEST)
        url = None if asked.url is msgspec.UNSET else asked.url
        whom = asked.candidate.greenhouse_profile_url or asked.candidate.email
        key = self._inviting.key_of("send_test", url or whom)
        made = await self._inviting.invite(caller.tenant, key, whom, url, pointer="/url")
        sent = {"partner_interview_id": made.id, "invitation_url": address(self._issuer, made)}
        return _answer(sent | {"expires_at": made.expires_at})

    @operation(
        name="partner_test_status",
        proofs=(PARTNER,),
        query=(_ID,),
        answers={200: json_of(PartnerStatus)},
        problems=(401, 404, 422, 429, 503),
    )
    async def status(self, request: web.Request) -> web.Response:
        """Where a test stands; with its end, score and band as every channel tells them."""
        caller = await self._caller(request)
        asked = Parameters(request, "partner_interview_id")
        interview = asked.one("partner_interview_id") or ""
        if not interview:
            asked.fault("partner_interview_id", "Must be an id that send_test has answered with.")
        asked.settle()
        row = await self._assessments.get(interview)
        if row is None:
            if await self._store.find(caller.tenant, interview) is None:
                raise not_found("test")
            return _answer({"partner_status": "sent"})
        if row.tenant != caller.tenant:
            raise not_found("test")
        if row.state == "accepted":
            return _answer({"partner_status": "in_progress"})
        try:
            (told,) = await self._delivery.documents([row])
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        except NotRecorded:
            raise unavailable("The record of who looked at what") from None
        return _answer(self._shaped(told))

    @operation(
        name="partner_response_error",
        proofs=(PARTNER,),
        takes={JSON: PartnerResponseError},
        answers={200: json_of({"type": "object"})},
        problems=(401, 413, 415, 422, 429),
    )
    async def error(self, request: web.Request) -> web.Response:
        """The caller could not use an answer of ours; the operator is told which call it was, and nothing else."""
        caller = await self._caller(request)
        told = await _read(request, _RESPONSE_ERROR)
        call = told.api_call if told.api_call in _CALLS else "another"
        log.warning("partner-could-not-use-an-answer", organisation=caller.tenant, call=call)
        return _answer({})

    def _shaped(self, told: Document) -> Document:
        shaped: Document = {"partner_status": _STATUS.get(told["status"], told["status"])}
        if "result" not in told:
            return shaped
        summary = told["summary"]
        metadata = {
            "Band": f"{summary['band_low']} to {summary['band_high']}",
            "Methodology": summary["model_version"],
        }
        if told.get("test"):
            metadata["Test data"] = "yes"
        explained = {"partner_profile_url": f"{self._issuer}/methodology", "partner_score": summary["value"]}
        return shaped | explained | {"metadata": metadata}

    async def _caller(self, request: web.Request) -> Caller:
        """The organisation whose key it is. Raises Problem (401, 429)."""
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        key = ""
        if scheme.lower() == "basic":
            try:
                key = base64.b64decode(encoded, validate=True).decode().partition(":")[0]
            except ValueError:
                key = ""
        tenant = await self._keys.tenant_of(key) if key else None
        if tenant is None:
            challenge = {"WWW-Authenticate": 'Basic realm="careerpulse"'}
            detail = "Authorization is Basic, with a partner key as the user's name."
            raise Problem(401, "unauthorised", "Not authorised", detail, headers=challenge)
        return self._callers.proved(request, tenant)


async def _read(request: web.Request, decoder: Decoder[Any]) -> Any:
    expect(request, JSON)
    try:
        return decoder.decode(await body_of(request))
    except Faulty as faulty:
        raise invalid(faulty.faults) from None


def _answer(document: object) -> web.Response:
    return web.Response(body=orjson.dumps(document), content_type=JSON, headers={"Cache-Control": "no-store"})
