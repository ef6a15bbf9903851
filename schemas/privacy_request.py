"""A request of a person about their own data, as it arrives over HTTP. Strict: what is not named here is refused."""

from typing import Any

from marshmallow import fields

from schemas.fields import Integer, Items, Open, Strict, Text
from schemas.purposes import PURPOSES
from schemas.remedies import SHAPE as REMEDIES_SHAPE

REQUEST_TYPES = (
    "access",
    "portability",
    "rectification",
    "review",
    "erasure",
    "restriction",
    "restriction-lift",
    "objection",
)
"""GDPR Art. 15, 20, 16, 22(3), 17, 18 and 21; `restriction-lift` ends a restriction."""
ABOUT_ASSESSMENTS = ("rectification", "review")
ASSESSMENT_RULE = "A rectification or a review names an assessment; no other type does."
STATEMENT_MAXIMUM = 2_000


def assessment_id(**kwargs: Any) -> Text:
    """The id of an assessment, 32 hexadecimal digits."""
    return Text(32, minimum=32, pattern=r"[0-9a-f]{32}", **kwargs)


class PrivacyRequest(Strict):
    """`POST /v1/privacy/requests`. Who asks is proved by the claim code in the header, never by the body.

    `purpose` narrows an objection to one purpose. `assessment` is the id of what is to be rectified or reviewed, and
    `statement` the person's own view of a result, for the human who reviews it. The other types take none of them.
    """

    type = Text(20, choices=REQUEST_TYPES, required=True)
    purpose = Text(40, choices=PURPOSES, load_default=None)
    assessment = assessment_id(load_default=None)
    statement = Text(STATEMENT_MAXIMUM, load_default=None)


class RequestClock(Strict):
    """When the month ends in which a request is to be answered (GDPR Art. 12(3))."""

    answer_by = Text(40, required=True)
    answered_at = Text(40, required=True, allow_none=True)
    days_left = Integer(-100_000, 100_000, required=True, allow_none=True)
    extended_at = Text(40, allow_none=True)
    extension_reason = Text(40, allow_none=True)


class RequestDocument(Strict):
    """A request and where it stands; `request_status` is OpenDSR's word for its state. The times of an erasure's
    stages are null until they are reached. Where a legal hold postpones it, `remedies` says what its person can do.
    """

    id = Text(40, required=True)
    type = Text(40, required=True)
    state = Text(40, required=True)
    request_status = Text(40, required=True)
    results_url = Text(200, allow_none=True)
    outcome = Text(100, allow_none=True)
    expected_completion_time = Text(40)
    opened_at = Text(40, required=True)
    cancellable_until = Text(40, allow_none=True)
    erased_at = Text(40, allow_none=True)
    completed_at = Text(40, allow_none=True)
    cause = Text(40)
    postponed_because = Text(1_000, allow_none=True)
    remedies = Open(REMEDIES_SHAPE)
    clock = fields.Nested(RequestClock, required=True)
    links = Open({"type": "object", "additionalProperties": {"type": "string"}}, required=True)
    recipients_told = Open({"type": "array", "items": {"type": "object"}})


class OwnRequests(Strict):
    """All requests of one person, the oldest first."""

    requests = Items(fields.Nested(RequestDocument), 10_000, required=True)


class ErasureReceipt(Strict):
    """What was destroyed and when, signed (Ed25519, RFC 8032, over the RFC 8785 bytes of `receipt`)."""

    receipt = Open({"type": "object"}, required=True)
    signature = Open({"type": "object"}, required=True)
