"""The end of an assessment: `scored`, or `refused` by the ledger. Pure: a submission, a key, a version, a time.

Each is one record that carries its own audit entry, so that no crash separates an effect from its trace.
"""

from hashlib import sha256
from typing import Any

import msgspec

from infra.crypto.salted_fields import commit, entry_id, salted
from infra.crypto.sealed import seal
from infra.kafka.dead_letter import Poisoned
from infra.kafka.producer import Outgoing
from infra.version import SOFTWARE
from schemas.answers import Answers
from schemas.decoding import compiled
from schemas.entry import SCORED_FIELDS, canonical, leaf, payload_name, role
from schemas.envelope import headers
from schemas.events import (
    DETAIL_SCHEMA,
    REFUSED_TYPE,
    RESULT_SCHEMA,
    SCORED_TYPE,
    TRAIL_SCHEMA,
    Refused,
    Scored,
)
from schemas.keys import Domain, NewReview, ReleasedKey
from schemas.result import deliverable
from schemas.topics import REFUSED, SCORED
from services.methodology.finding import Refused as NotScorable
from services.methodology.version import Version
from services.scoring.oversight import crossed, review, sealed_limits
from services.scoring.submission import Submission, context, opened

ACTOR = "service:scoring"
_HAND_IN: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
    msgspec.defstruct("HandIn", [("assessment", compiled(Answers))], frozen=True)
)


def scored(
    submission: Submission, key: ReleasedKey, version: Version, time: str
) -> tuple[Outgoing, NewReview | None]:
    """The scored record: result, detail and trail, each sealed for its own domain; and the review by a human that it
    calls for, if it does. Raises Poisoned.

    Of the result what an organisation may get is sealed, and all of it is bound by the entry.
    """
    try:
        answers = msgspec.to_builtins(_HAND_IN.decode(opened(submission, key)).assessment)
    except (msgspec.DecodeError, RecursionError):
        raise Poisoned("the opened answers do not have the form of an assessment") from None
    try:
        documents = version.score(answers).documents()
    except NotScorable as error:
        why = f"answers that version {version.id} does not take, at {error.findings[0].path}"
        raise Poisoned(why, "not-scored") from None
    result, detail, trail = map(canonical, documents)
    limits = crossed(submission, documents[0])
    sealed_trail = _sealed(submission, key, "trail", TRAIL_SCHEMA, trail)
    value = Scored(
        submission.tenant,
        submission.cause,
        _sealed(submission, key, "result", RESULT_SCHEMA, canonical(deliverable(documents[0]))),
        _sealed(submission, key, "detail", DETAIL_SCHEMA, detail),
        sealed_trail,
        _leaf(submission, key, version.hash, time, parts=(result, detail, trail), sealed_trail=sealed_trail),
        submission.statistics,
        sealed_limits(submission, key, limits),
    )
    record = Outgoing(
        SCORED,
        submission.alias,
        msgspec.msgpack.encode(value),
        headers(submission.event_id, SCORED_TYPE, "scoring"),
    )
    return record, review(submission, key, limits, documents[2]["quality"])


def refused(submission: Submission, reason: str, time: str) -> Outgoing:
    """The refused record. There is no key, so its entry has no payload, says the reason itself, and has an id that
    comes from the event's.
    """
    entry = sha256(f"careerpulse/refused/v1/{submission.event_id}".encode()).hexdigest()[:32]
    actor = role(ACTOR, submission.tenant)
    written = leaf("refused", entry, time, actor, SOFTWARE, cause=submission.cause, reason=reason)
    value = Refused(submission.tenant, submission.cause, reason, written)
    return Outgoing(
        REFUSED,
        submission.alias,
        msgspec.msgpack.encode(value),
        headers(submission.event_id, REFUSED_TYPE, "scoring"),
    )


def _sealed(submission: Submission, key: ReleasedKey, domain: Domain, schema: str, plaintext: bytes) -> bytes:
    return seal(key.subkeys[domain], plaintext, context(submission, SCORED.name, schema, key.key_id))


def _leaf(
    submission: Submission,
    key: ReleasedKey,
    methodology: str,
    time: str,
    *,
    parts: tuple[bytes, bytes, bytes],
    sealed_trail: bytes,
) -> bytes:
    trail_key = key.subkeys["trail"]
    values = (submission.tenant.encode(), *parts)
    fields = salted(trail_key, submission.event_id, tuple(zip(SCORED_FIELDS, values, strict=True)))
    return leaf(
        "scored",
        entry_id(trail_key, submission.event_id, "scored"),
        time,
        role(ACTOR, submission.tenant),
        SOFTWARE,
        methodology=methodology,
        cause=submission.cause,
        commitment=commit(fields),
        payload=payload_name(sealed_trail),
    )
