"""What is sent on each topic: the event's CloudEvents type and the form of its value."""

from dataclasses import dataclass
from typing import Any

from schemas import events, rights
from schemas import topics as t


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of record: `value` is the struct of its MessagePack value, `sender` the service that sends it.

    Without a `type` it travels without an envelope, between parts of ours.
    """

    topic: t.Topic
    value: Any
    sender: str
    type: str | None = None


MESSAGES = (
    Message(t.SUBMITTED, events.Submitted, "intake", events.SUBMITTED_TYPE),
    Message(t.SCORED, events.Scored, "scoring", events.SCORED_TYPE),
    Message(t.REFUSED, events.Refused, "scoring", events.REFUSED_TYPE),
    Message(t.PRIVACY_REQUESTS, events.ErasureOrder, "consent", events.ERASURE_ORDERED_TYPE),
    Message(t.PRIVACY_REQUESTS, rights.DisclosureOrder, "consent", rights.DISCLOSURE_ORDERED_TYPE),
    Message(t.PRIVACY_REQUESTS, rights.ReviewOrder, "consent", rights.REVIEW_ORDERED_TYPE),
    Message(t.PRIVACY_ANSWERS, rights.Part, "intake and audit", rights.ANSWER_TYPE),
    Message(t.PRIVACY_ANSWERS, rights.Corrected, "intake", rights.ANSWER_TYPE),
    Message(t.PRIVACY_ANSWERS, rights.Reviewed, "audit", rights.ANSWER_TYPE),
    Message(t.PRIVACY_ANSWERS, rights.NoticeDelivered, "intake", rights.ANSWER_TYPE),
    Message(t.PRIVACY_ANSWERS, rights.NoticeAcknowledged, "intake", rights.ANSWER_TYPE),
    Message(t.PRIVACY_NOTICES, rights.Notice, "consent", rights.NOTICE_TYPE),
    Message(t.KEYS_REVOKED, events.Revoked, "consent", events.REVOKED_TYPE),
    Message(t.KEYS_ACKNOWLEDGED, events.Acknowledged, "every key client"),
    Message(t.KEYS_ACKNOWLEDGED, events.StoreReport, "every store"),
    Message(t.AUDIT_ENTRIES, events.OutboxEntry, "consent", events.OUTBOX_ENTRY_TYPE),
    *(
        Message(dead, events.DeadLettered, dead.owner, events.DEAD_LETTERED_TYPE)
        for dead in (t.DEAD_INTAKE, t.DEAD_SCORING, t.DEAD_AUDIT, t.DEAD_CONSENT)
    ),
)
