"""One real thing of each kind that belongs to somebody, and for each operation the call that reaches it."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec

from schemas.rights import Notice
from schemas.topics import PRIVACY_NOTICES
from services.intake.organisations.partner_keys import PartnerKeys
from services.intake.organisations.register import Terms
from services.intake.results.notices import Notices
from tests.integration.intake.door import JSON, Intake
from tests.twins.broker import Record
from tests.unit.intake.examples import employee, person, raw

STAFF = 12
"""More than the ten below which a workforce tells nothing."""
NDJSON = {"Content-Type": "application/x-ndjson"}
IN_PARTS = {"Content-Type": "multipart/form-data; boundary=x"}
_PART = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
FORM = (
    _PART.format("mapping", '{"columns": {"Number": "/external_id"}}')
    + _PART.format("file", "Number\n1\n")
    + "--x--\r\n"
).encode()
"""A CSV file of one employee, without answers."""
KEY = "the-same-key-of-everybody-0123456789"


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent. `{name}` in the path is filled in from what is owned, and so are texts of the body.

    `found` is the problem by which the owner sees that the thing was found, where it cannot be a success here.
    """

    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    found: str | None = None

    @property
    def names_one(self) -> bool:
        """Whether it reaches for one thing."""
        return "{" in self.path


_INSTRUCTION = {"decision": "carry-out"}
_PERIOD = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}
_TEST = {"partner_test_id": "core", "candidate": {"email": "ada@hr.example"}}
_ONE, _HOOK = "/v1/assessments/{assessment}", "/v1/webhooks/{webhook}"
_USE = "/v1/boundaries/training"
_KEYED = {"Idempotency-Key": KEY}

ORGANISATIONS: dict[str, Call] = {
    "hand_in": Call("/v1/assessments", employee("again"), _KEYED),
    "stream_assessments": Call("/v1/assessments/stream", raw(employee("streamed")) + b"\n", _KEYED | NDJSON),
    "import_csv": Call("/v1/assessments/csv", FORM, _KEYED | IN_PARTS),
    "validate_csv": Call("/v1/assessments/csv:validate", FORM, IN_PARTS),
    "validate": Call("/v1/assessments:validate", employee()),
    "assessment": Call(_ONE),
    "explanation": Call(f"{_ONE}/explanation"),
    "list_results": Call("/v1/results"),
    "stream_results": Call("/v1/events"),
    "list_webhooks": Call("/v1/webhooks"),
    "create_webhook": Call("/v1/webhooks", {"url": "http://127.0.0.1/hooks"}),
    "webhook": Call(_HOOK),
    "rotate_webhook_secret": Call(f"{_HOOK}/rotate"),
    "disable_webhook": Call(f"{_HOOK}/disable"),
    "enable_webhook": Call(f"{_HOOK}/enable"),
    "replay_webhook": Call(f"{_HOOK}/replay", _PERIOD),
    "webhook_deliveries": Call(f"{_HOOK}/deliveries"),
    "replace_webhook": Call(_HOOK, {"url": "http://127.0.0.1/elsewhere"}),
    "delete_webhook": Call(_HOOK),
    "workforce": Call("/v1/workforce"),
    "boundaries": Call("/v1/boundaries"),
    "set_boundary": Call(_USE, {"limit": 1, "human_step": "The team decides."}),
    "remove_boundary": Call(_USE),
    "invite_to_assessment": Call("/v1/invitations", {"external_id": "invited"}, _KEYED),
    "invitation": Call("/v1/invitations/{invitation}"),
    "invite_employee": Call("/v1/employees/codes", {"external_id": "staff-0"}),
    "employee_requests": Call("/v1/employees/requests"),
    "ask_for_employee": Call("/v1/employees/requests", {"external_id": "staff-0", "type": "restriction"}),
    "instruct_request": Call("/v1/employees/requests/{request}/instruction", _INSTRUCTION),
    "list_notices": Call("/v1/privacy/notices"),
    "acknowledge_notice": Call("/v1/privacy/notices/{notice}:acknowledge"),
    # After it the assessment is another one's predecessor.
    "correct_assessment": Call(f"{_ONE}/corrections", employee("corrected") | {"external_id": "staff-0"}),
}
PARTNERS: dict[str, Call] = {
    "partner_list_tests": Call("/partner/v1/list_tests"),
    "partner_send_test": Call("/partner/v1/send_test", _TEST),
    "partner_test_status": Call("/partner/v1/test_status?partner_interview_id={invitation}"),
    "partner_response_error": Call("/partner/v1/response_error", {"api_call": "send_test"}),
}
PEOPLE: dict[str, Call] = {
    "hand_in": Call("/v1/assessments", person("again"), _KEYED),
    "validate": Call("/v1/assessments:validate", person()),
    "import_assessments": Call(
        "/v1/assessments/import", {"format": "careerpulse/portable/1", "hand_ins": [person("kept")]}
    ),
    "series": Call("/v1/assessments"),
    "assessment": Call(_ONE),
    "explanation": Call(f"{_ONE}/explanation"),
    "forecast": Call(f"{_ONE}/forecast"),
    "plan": Call(f"{_ONE}/plan"),
    "ask_plan": Call(f"{_ONE}/plan", {}),
    "counterfactual": Call(f"{_ONE}/counterfactual"),
    "ask_counterfactual": Call(f"{_ONE}/counterfactual", {}),
    "qualification": Call(f"{_ONE}/qualification"),
    "ask_qualification": Call(f"{_ONE}/qualification", {}),
    "ask_career_path": Call(f"{_ONE}/career-path", {"occupation": "13-2011.00"}),
    "record": Call(f"{_ONE}/record"),
    "trail": Call(f"{_ONE}/trail"),
    "letter": Call(f"{_ONE}/letter"),
    "rescore": Call(f"{_ONE}:rescore", found="newest-version"),
    "correct_assessment": Call(f"{_ONE}/corrections", person("corrected")),
}


@dataclass(slots=True)
class Owner:
    """Who owns: the header that proves it, and the ids of what is owned."""

    proof: str
    owns: dict[str, str]


async def organisation(intake: Intake, tenant: str, *, staff: int) -> tuple[Owner, Owner]:
    """An organisation with so many people scored and one of everything: by its token, and by its partner key."""
    await intake.organisations.add(tenant, f"{tenant} Ltd", Terms("contract", "employees-1"))
    bearer = intake.bearer_of(tenant)
    ids = []
    for number in range(staff):
        one = employee(f"{tenant}-{number}") | {"external_id": f"staff-{number}"}
        _, told, _ = await intake.hand_in(one, Authorization=bearer)
        ids.append(told["id"])
    await intake.score()
    request = {"external_id": "staff-0", "type": "restriction"}
    made = {
        "webhook": await _made(intake, bearer, "/v1/webhooks", {"url": "http://127.0.0.1/hooks"}),
        "invitation": await _made(intake, bearer, "/v1/invitations", {"external_id": f"invited by {tenant}"}),
        "request": await _made(intake, bearer, "/v1/employees/requests", request),
        "notice": await _noticed(intake, tenant, ids[0]),
        "boundary": await _bounded(intake, bearer, f"{tenant} decides"),
    }
    owns = made | {"assessment": ids[0]}
    key = await PartnerKeys(intake.database).renew(tenant, timedelta(0))
    return Owner(bearer, owns), Owner("Basic " + base64.b64encode(f"{key}:".encode()).decode(), owns)


async def someone(intake: Intake, seed: str) -> Owner:
    """A person who handed in without any organisation, and whose assessment is scored."""
    place, claim = await intake.scored(person(seed))
    return Owner(claim, {"assessment": place.rpartition("/")[2]})


async def ask(intake: Intake, method: str, call: Call, proof: str, owned: Mapping[str, str]) -> tuple[int, str]:
    """Status and text of the answer; of one that has no end, as much as tells of the first event."""
    headers = {**JSON, "Authorization": proof, **call.headers}
    body = call.body if call.body is None or isinstance(call.body, bytes) else json.dumps(call.body)
    path = call.path.format(**owned)
    async with intake.client.request(method, path, data=body, headers=headers) as response:
        if response.content_type != "text/event-stream":
            return response.status, (await response.read()).decode(errors="replace")
        told = ""
        while "data:" not in told:
            told += (await response.content.readline()).decode()
        return response.status, told


async def _made(intake: Intake, bearer: str, path: str, body: object) -> str:
    status, told, _ = await intake.hand_in(body, path, Authorization=bearer)
    assert status in (201, 202), told
    return str(told["id"])


async def _bounded(intake: Intake, bearer: str, step: str) -> str:
    """A boundary that no result here crosses; it is known by who decides."""
    status, told = await ask(intake, "PUT", Call(_USE, {"limit": 1, "human_step": step}), bearer, {})
    assert status == 200, told
    return step


async def _noticed(intake: Intake, tenant: str, assessment: str) -> str:
    notice = Notice(secrets.token_hex(16), "restricted", (assessment,), "2026-11-23T18:00:00Z")
    value = msgspec.msgpack.encode(notice)
    await Notices(intake.database, intake.broker, lambda _: None).take(
        Record(PRIVACY_NOTICES.name, 0, 0, tenant.encode(), value)
    )
    return notice.id
