"""What intake's handlers declare alike: who may call, which parameters recur, and how the interface is introduced."""

from dataclasses import replace

from infra.http.openapi import Interface
from infra.http.operation import Answer, Parameter, Proof
from infra.http.webhooks import Webhook
from schemas.access_token import EMPLOYEES, READ, SCOPES, WEBHOOKS, WRITE
from schemas.feed import FEED
from services.intake.handing_in.idempotency import UNGUESSABLE

INTERFACE = Interface(
    "CareerPulse intake",
    "Hand in assessments, read results.",
    {
        "organisation": {
            "type": "oauth2",
            "description": "An HR platform's access token (RFC 9068).",
            "flows": {"clientCredentials": {"tokenUrl": "/v1/oauth/token", "scopes": SCOPES}},
        },
        "claim": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "A person's claim code, told once at the first hand-in: `Claim CODE`.",
        },
        "partner": {
            "type": "http",
            "scheme": "basic",
            "description": "A partner key as the user's name, without a password.",
        },
    },
    limited=True,
    webhooks=[Webhook(kind.name, kind.about, kind.data) for kind in FEED],
)
NOBODY = Proof("")
PERSON = Proof("claim")
READER = Proof("organisation", READ)
WRITER = Proof("organisation", WRITE)
EMPLOYER = Proof("organisation", EMPLOYEES)
PARTNER = Proof("partner")
SUBSCRIBER = Proof("organisation", WEBHOOKS)

IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "Names this request for 48 hours: sent again under the same key it is answered again and changes nothing. "
    "1 to 255 visible characters.",
    {"type": "string", "pattern": r"^\"?[!#-~]{1,255}\"?$"},
)
EITHERS_KEY = replace(
    IDEMPOTENCY_KEY,
    description=f"{IDEMPOTENCY_KEY.description} Without an organisation's token at least {UNGUESSABLE}, else 400, "
    "and random: whoever knows a person's key and answers is answered again.",
)
PERSONS_KEY = replace(
    IDEMPOTENCY_KEY,
    description=f"{IDEMPOTENCY_KEY.description} At least {UNGUESSABLE} of them, and random: whoever knows a person's "
    "key and answers is answered again.",
    schema={"type": "string", "pattern": rf"^\"?[!#-~]{{{UNGUESSABLE},255}}\"?$"},
)
STREAM_KEY = replace(
    IDEMPOTENCY_KEY,
    description="Names this stream for 48 hours: sent again under the same key after a break, the lines that were "
    "accepted are answered again and change nothing.",
    required=True,
)
WAIT = Parameter(
    "wait",
    "How many seconds to wait for the result.",
    {"type": "integer", "minimum": 0, "maximum": 30},
)
LARGEST_CURSOR = 2**53 - 1
AFTER = Parameter(
    "after", "The cursor to go on after.", {"type": "integer", "minimum": 0, "maximum": LARGEST_CURSOR, "default": 0}
)
LANGUAGE = Parameter(
    "lang",
    "The language of texts; without it the one of theirs that `Accept-Language` wants most, else English.",
    {"type": "string", "enum": ["en", "de"]},
)
NOT_MODIFIED = Answer({}, "You hold it under the same ETag.")
