"""What a service sends to addresses that its clients named, for the interface document: Standard Webhooks messages.

A message is signed by its headers, and its body is the event's `type`, its time and what it tells
(https://www.standardwebhooks.com).
"""

from dataclasses import dataclass
from typing import Any

from infra.http.operation import JSON, Parameter
from schemas.components import Components, Named

Document = dict[str, Any]
_TEXT = {"type": "string", "minLength": 1}
_SIGNED = (
    Parameter("webhook-id", "The message's id: the same whenever it is sent again.", _TEXT, required=True),
    Parameter(
        "webhook-timestamp", "When it was sent, in seconds since 1970 (UTC).", {"type": "integer"}, required=True
    ),
    Parameter(
        "webhook-signature",
        "HMAC-SHA-256 over id, time and body joined by points, in base64; one for each secret that is valid.",
        {"type": "string", "pattern": "^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)*$"},
        required=True,
    ),
)
_ANSWERS = {
    "2XX": {"description": "It has arrived."},
    "410": {"description": "Nothing more is wanted: the subscription is disabled."},
    "default": {"description": "It is sent again later."},
}


@dataclass(frozen=True, slots=True)
class Webhook:
    """One type of event. `data` is the schema of what it tells, `about` says in a sentence when it is sent."""

    type: str
    about: str
    data: Named


def path_item(one: Webhook, components: Components) -> Document:
    """How it stands in the document."""
    body = {
        "type": "object",
        "properties": {
            "type": {"type": "string", "const": one.type},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "data": components.shape(one.data),
        },
        "required": ["type", "timestamp", "data"],
    }
    return {
        "post": {
            "summary": one.about,
            "parameters": [header.document("header") for header in _SIGNED],
            "requestBody": {"required": True, "content": {JSON: {"schema": body}}},
            "responses": _ANSWERS,
        }
    }
