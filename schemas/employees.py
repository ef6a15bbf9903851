"""What an organisation does for its employees: schemas of what it sends, structs of what the key socket takes.

`POST /employees/invite`, `/employees/ask`, `/employees/waiting`, `/employees/instruct` (and `/employees/recipient`,
`schemas.transfers`); only intake calls them, for
the organisation whose token it has checked.
"""

from typing import Literal

import msgspec

from schemas.fields import Line, Strict, Text
from schemas.privacy_request import REQUEST_TYPES, assessment_id
from schemas.purposes import PURPOSES, Purpose
from schemas.remedies import Remedy
from schemas.webhook import moment

Decision = Literal["carry-out", "refuse"]
DECISIONS: tuple[Decision, ...] = ("carry-out", "refuse")
InstructionState = Literal["waiting", "carried-out", "refused"]
AskedBy = Literal["employee", "organisation"]


class EmployeeNamed(Strict):
    """`POST /v1/employees/codes`: the employee by the organisation's own name."""

    external_id = Line(200, required=True)


class EmployeeAsked(EmployeeNamed):
    """`POST /v1/employees/requests`: a request on the employee's behalf."""

    type = Text(20, choices=REQUEST_TYPES, required=True)
    purpose = Text(40, choices=PURPOSES, load_default=None)
    assessment = assessment_id(load_default=None)


class Instruction(Strict):
    """`POST /v1/employees/requests/{id}/instruction`; a refusal says why, and the employee reads it.

    The end of a restriction that the organisation announced takes effect only when the employee was told before
    (GDPR Art. 18(3)): by seeing it here, or by the organisation, which says when by `told_at`.
    """

    decision = Text(20, choices=DECISIONS, required=True)
    reason = Line(1_000, load_default=None)
    told_at = moment(load_default=None)


class InviteEmployee(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A single-use code for the employee of this name."""

    tenant: str
    external_id: str


class Invited(msgspec.Struct, frozen=True):
    """The code, shown this once, and until when it holds; None where nobody of this name has been handed in, and for
    an employee who `has_one_since` that time, by filling in the form themself.
    """

    code: str | None
    expires_at: str = ""
    has_one_since: str | None = None


class EmployeeCode(msgspec.Struct, frozen=True):
    """What an organisation passes on: the code, or the `address` of the page with the code behind its `#`, which no
    browser sends to any server.
    """

    code: str
    expires_at: str
    address: str


class AskForEmployee(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request that the organisation makes on its employee's behalf: its own instruction."""

    tenant: str
    external_id: str
    type: str
    purpose: Purpose | None = None
    assessment: str | None = None


class ListWaiting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The requests of an organisation's employees; to list them is to have been handed them."""

    tenant: str


class InstructRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The controller's word on one request; `told_at` is when it told the employee of the end of a restriction."""

    tenant: str
    id: str
    decision: Decision
    reason: str | None = None
    told_at: str | None = None


class Forwarded(msgspec.Struct, frozen=True):
    """A request that is the controller's to decide.

    `assessments` are the organisation's own ids of the employee's assessments, by which it knows who asks, and
    `assessment` is the one to be rectified. `request` is what was opened when it was carried out. What is refused
    says why, as `reason`, and by `remedies` what the employee can do against it. What the organisation asked for on
    the employee's behalf says when the employee was told of it, and whether that was by seeing it (`employee`) or, of
    an announced end of a restriction, by the organisation.
    """

    id: str
    type: str
    purpose: Purpose | None
    asked_by: AskedBy
    state: InstructionState
    opened_at: str
    hand_over_by: str
    handed_over_at: str | None
    answer_by: str
    decided_at: str | None
    reason: str | None
    request: str | None
    assessment: str | None = None
    assessments: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    told_at: str | None = None
    told_by: AskedBy | None = None


class AskedOnBehalf(Forwarded, frozen=True):
    """What the organisation has asked for, with the `letter` to its employee that it hands on, by language."""

    letter: dict[str, str] = {}


class ForwardedRequests(msgspec.Struct, frozen=True):
    """Waiting ones first, each the oldest first; one of `ask` and `instruct`, or none where there is no such."""

    requests: tuple[Forwarded, ...]
