"""The assessment-partner interface in the shape that applicant-tracking systems call it.

Source: Greenhouse, "Assessment Partner API" (https://developers.greenhouse.io/assessment.html): Basic authentication
by an API key, `list_tests`, `send_test`, `test_status`, and an empty PATCH to the given URL when a test has ended.
"""

import base64
from collections.abc import Sequence
from typing import Any

import msgspec
import orjson
from aiohttp import web

from infra.http.body import body_of, expect
from infra.http.operation import JSON, Parameter, json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import Problem, not_found, unavailable
from infra.keys.client import KeysUnavailable
from schemas.invitation import PartnerStatus, PartnerTestSent
from services.intake.assessments.store import Store
from services.intake.contract import PARTNER
from services.intake.invitations.inviting import Inviting
from services.intake.invitations.routes import address
from services.intake.invitations.store import InvitationStore
from services.intake.organisations.callers import Caller, Callers
from services.intake.organisations.register import Organisations
from services.intake.results.delivery import Delivery, Document
from services.intake.results.views import NotRecorded

TEST = "core"
_TESTS = [{"partner_test_id": TEST, "partner_test_name": "CareerPulse: how future-proof a career is"}]
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
_SENT: dict[str, Any] = {
    "type": "object",
    "description": "What is sent of a candidate besides is neither used nor kept.",
    "required": ["partner_test_id", "candidate"],
    "properties": {
        "partner_test_id": {"type": "string", "enum": [TEST]},
        "candidate": {
            "type": "object",
            "required": ["email"],
            "properties": {
                "email": {"type": "string", "minLength": 1, "maxLength": 200},
                "greenhouse_profile_url": {"type": "string", "minLength": 1, "maxLength": 200},
            },
        },
        "url": {"type": "string", "maxLength": 2000, "description": "Gets an empty PATCH when the test has ended."},
    },
}


class Candidate(msgspec.Struct, frozen=True):
    """Whom the test is for. Name, number and papers are not read."""

    email: str
    greenhouse_profile_url: str | None = None

    @property
    def external_id(self) -> str:
        """By what the platform knows the person again."""
        return self.greenhouse_profile_url or self.email


class SendTest(msgspec.Struct, frozen=True):
    """One test for one person; `url` gets an empty PATCH when it has ended."""

    partner_test_id: str
    candidate: Candidate
    url: str | None = None


class Partner:
    """The handlers. `issuer` is the public address of the pages."""

    def __init__(
        self,
        *,
        callers: Callers,
        organisations: Organisations,
        inviting: Inviting,
        store: InvitationStore,
        assessments: Store,
        delivery: Delivery,
        issuer: str,
    ) -> None:
        self._callers = callers
        self._organisations = organisations
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
        takes={JSON: _SENT},
        answers={200: json_of(PartnerTestSent)},
        problems=(401, 409, 413, 415, 422, 429),
    )
    async def send(self, request: web.Request) -> web.Response:
        """An invitation for a candidate. Sent again with the same `url` it is the same one."""
        caller = await self._caller(request)
        expect(request, JSON)
        asked = _read(await body_of(request))
        if asked.partner_test_id != TEST:
            raise Problem(422, "unknown-test", "No such test", f"The only partner_test_id is {TEST}.")
        key = None if asked.url is None else f"send_test {asked.url}"
        made = await self._inviting.invite(caller.tenant, key, asked.candidate.external_id, asked.url)
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

    def _shaped(self, told: Document) -> Document:
        shaped: Document = {"partner_status": _STATUS.get(told["status"], told["status"])}
        if "result" not in told:
            return shaped
        summary = told["summary"]
        metadata = {"Band": f"{summary['min']} to {summary['max']}", "Methodology": summary["model_version"]}
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
        tenant = await self._organisations.named_by(key) if key else None
        if tenant is None:
            challenge = {"WWW-Authenticate": 'Basic realm="careerpulse"'}
            detail = "Authorization is Basic, with the client secret as the user's name."
            raise Problem(401, "unauthorised", "Not authorised", detail, headers=challenge)
        return self._callers.proved(request, tenant)


def _read(raw: bytes) -> SendTest:
    try:
        asked = msgspec.json.decode(raw, type=SendTest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(422, "invalid", "Not a test to send", str(error)) from None
    if not 1 <= len(asked.candidate.external_id) <= 200 or not asked.candidate.external_id.isprintable():
        raise Problem(422, "invalid", "Not a candidate", "The profile URL, or else the e-mail address, is too long.")
    return asked


def _answer(document: object) -> web.Response:
    return web.Response(body=orjson.dumps(document), content_type=JSON, headers={"Cache-Control": "no-store"})
