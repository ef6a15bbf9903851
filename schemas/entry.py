"""An audit entry as its producer writes it: a leaf of the log without its place, which audit adds.

A leaf is canonical JSON (RFC 8785) of strings and integers. It holds no personal data in the clear, no alias and
no stable pseudonym: `commitment` binds the salted fields, `payload` the ciphertext.
"""

from hashlib import sha256
from typing import Any, Literal

import orjson
from marshmallow import fields

from schemas.events import Cause
from schemas.fields import Integer, Strict, Text
from schemas.purposes import SANDBOX, is_sandbox

VERSION = 1
SCORED_FIELDS = ("tenant", "result", "detail", "trail")
"""What the commitment of a `scored` entry binds, in this order."""
PLACE_MAXIMUM = 2**53 - 1
_MADE_UP = f"{SANDBOX.rstrip('-')}:"
"""How the role stands in an entry about people who are made up."""

EntryType = Literal[
    "received",
    "scored",
    "refused",
    "dead-lettered",
    "dead-letter-replayed",
    "removed-unread",
    "consent-given",
    "code-issued",
    "code-taken",
    "consent-withdrawn",
    "request-opened",
    "request-forwarded",
    "request-handed-over",
    "request-extended",
    "request-refused",
    "request-closed",
    "lift-announced",
    "lift-told",
    "request-told",
    "hold-set",
    "hold-lifted",
    "superseded",
    "reviewed",
    "oversight-note",
    "override",
    "notice-delivered",
    "notice-acknowledged",
    "erased",
    "expired",
    "restored",
    "viewed",
    "delivered",
    "search",
    "officer-logged-in",
    "officer-refused",
    "key-released-to-a-human",
    "act-opened",
    "exported",
    "configuration-changed",
    "signal-changed",
    "witness-changed",
    "incident",
    "incident-reported",
    "drift",
    "epoch-rotated",
    "epoch-destroyed",
    "log-key-changed",
    "methodology-published",
    "self-test",
]

Unusable = Literal["malformed", "forged", "not-opened", "not-scored"]
"""Why a record was set aside, as its entry `dead-lettered` says it; the words beside it stand in the dead letter."""

OUTBOXES = ("audit", "consent", "intake")
"""The outboxes that bring entries to `audit.entries`, each that of the service of its name."""


def sha256_name(**kwargs: Any) -> Text:
    """`sha256:` and 64 hexadecimal digits."""
    return Text(71, minimum=71, pattern=r"sha256:[0-9a-f]{64}", **kwargs)


def payload_name(data: bytes) -> str:
    """How an entry names as its payload the bytes that it binds: their SHA-256."""
    return f"sha256:{sha256(data).hexdigest()}"


class CauseOfEntry(Strict):
    """The place of the record that caused an entry."""

    topic = Text(100, required=True)
    partition = Integer(0, PLACE_MAXIMUM, required=True)
    offset = Integer(0, PLACE_MAXIMUM, required=True)


class Leaf(Strict):
    """An entry as its producer writes it. `actor` is a role, never a name. `reason` says in a word why an assessment
    was `refused`, or a record `dead-lettered`; older entries have none.

    Types are added as the product grows, so a client passes over those that it does not know.
    """

    v = Integer(VERSION, VERSION, required=True)
    id = Text(32, minimum=32, pattern=r"[0-9a-f]{32}", required=True)
    type = Text(60, pattern=r"[a-z][a-z0-9\-]*", example="scored", required=True)
    time = Text(20, minimum=20, pattern=r"[0-9-]{10}T[0-9:]{8}Z", example="2026-11-23T18:00:00Z", required=True)
    actor = Text(60, pattern=r"[a-z][a-z0-9:\-]*", example="service:scoring", required=True)
    software = Text(40, required=True)
    methodology = sha256_name()
    cause = fields.Nested(CauseOfEntry)
    commitment = Text(64, minimum=64, pattern=r"[0-9a-f]{64}")
    payload = sha256_name()
    reason = Text(40, pattern=r"[a-z][a-z0-9\-]*", example="withdrawn")


class Entry(Leaf):
    """An entry of the log: audit has added its source, its place there, and the place before it, if any."""

    source = Text(120, required=True)
    place = Integer(0, PLACE_MAXIMUM, required=True)
    before = Integer(0, PLACE_MAXIMUM, required=True, allow_none=True)


def canonical(document: object) -> bytes:
    """RFC 8785 bytes of a document of objects, lists, strings, integers below 2**53, booleans and null."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def role(actor: str, tenant: str) -> str:
    """The `actor` of an entry about a person of this tenant: of a sandbox's, `sandbox:organisation` and the like.

    So a leaf, which names no organisation, still tells what is made up from what is not.
    """
    return _MADE_UP + actor if is_sandbox(tenant) else actor


def is_made_up(actor: str) -> bool:
    """Whether an entry with this `actor` is about somebody of a sandbox."""
    return actor.startswith(_MADE_UP)


def leaf(
    entry_type: EntryType,
    entry_id: str,
    time: str,
    actor: str,
    software: str,
    *,
    methodology: str | None = None,
    cause: Cause | None = None,
    commitment: str | None = None,
    payload: str | None = None,
    reason: str | None = None,
) -> bytes:
    """The leaf of one entry.

    `time` is UTC, `2026-11-23T18:00:00Z`; `actor` a role (`service:scoring`, `person`, `organisation`,
    `operator`); `methodology` and `payload` are `sha256:` and 64 hexadecimal digits; `commitment` 64 digits;
    `reason` is a word of the purpose table, or one of `Unusable`, and says nothing of a person.
    """
    document: dict[str, object] = {
        "v": VERSION,
        "type": entry_type,
        "id": entry_id,
        "time": time,
        "actor": actor,
        "software": software,
    }
    if methodology is not None:
        document["methodology"] = methodology
    if cause is not None:
        document["cause"] = {"topic": cause.topic, "partition": cause.partition, "offset": cause.offset}
    if commitment is not None:
        document["commitment"] = commitment
    if payload is not None:
        document["payload"] = payload
    if reason is not None:
        document["reason"] = reason
    return canonical(document)
