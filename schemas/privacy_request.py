"""A request of a person about their own data, as it arrives over HTTP. Strict: what is not named here is refused."""

from marshmallow import fields

from schemas.fields import Integer, Open, Strict, Text
from schemas.purposes import PURPOSES

REQUEST_TYPES = ("erasure", "restriction", "restriction-lift", "objection")
"""GDPR Art. 17, 18 and 21; `restriction-lift` ends a restriction."""


class PrivacyRequest(Strict):
    """`POST /v1/privacy/requests`. Who asks is proved by the claim code in the header, never by the body.

    `purpose` narrows an objection to one purpose; the other types take none.
    """

    type = Text(20, choices=REQUEST_TYPES, required=True)
    purpose = Text(40, choices=PURPOSES, load_default=None)


class RequestClock(Strict):
    """When the month ends in which a request is to be answered (GDPR Art. 12(3))."""

    answer_by = Text(40, required=True)
    answered_at = Text(40, required=True, allow_none=True)
    days_left = Integer(-100_000, 100_000, required=True)


class RequestDocument(Strict):
    """A request and where it stands. The times of an erasure's stages are null until they are reached."""

    id = Text(40, required=True)
    type = Text(40, required=True)
    state = Text(40, required=True)
    opened_at = Text(40, required=True)
    cancellable_until = Text(40, allow_none=True)
    erased_at = Text(40, allow_none=True)
    completed_at = Text(40, allow_none=True)
    cause = Text(40)
    postponed_because = Text(1_000, allow_none=True)
    clock = fields.Nested(RequestClock, required=True)
    links = Open({"type": "object", "additionalProperties": {"type": "string"}}, required=True)


class ErasureReceipt(Strict):
    """What was destroyed and when, signed (Ed25519, RFC 8032, over the RFC 8785 bytes of `receipt`)."""

    receipt = Open({"type": "object"}, required=True)
    signature = Open({"type": "object"}, required=True)
