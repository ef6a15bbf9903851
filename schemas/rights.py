"""What the services tell each other so that a person's rights are answered. Values are MessagePack.

`privacy.requests` carries orders, `privacy.answers` what comes back to consent, both keyed by alias (what became of a
notice by organisation); `privacy.notices` what an organisation is told (GDPR Art. 19, and Art. 28(3)(e): a request of
its employee), keyed by its id. What is sealed travels as it is stored: nobody opens it on the way.
"""

from typing import Literal

import msgspec

from schemas.events import ErasureOrder, Reason, Tenant

Disclosure = Literal["access", "portability"]
"""GDPR Art. 15 and 20; each is also the purpose whose key a store holds while it answers."""
Decision = Literal["confirmed", "annotated", "overruled"]
"""What a human makes of an automated result (Art. 22(3)); the result itself stays as it was computed."""
NoticeKind = Literal["rectified", "restricted", "restriction-lifted", "erased", "overruled"]
"""What a recipient is told by Art. 19, and acknowledges."""
ToldKind = NoticeKind | Literal["request-forwarded", "reviewed"]


Origin = Literal["person", "rule"]
"""Who asked for a review: the person, or a rule. Which rule stays sealed: it tells about where the score lies."""


class DisclosureOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="disclosure"):
    """Every store that is concerned gives back what it holds for the alias, as `Part`s."""

    request: str
    purpose: Disclosure


class ReviewOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="review"):
    """A human is to look at an assessment. `statement` is the person's own view, sealed for `trail`; where the
    `origin` is a rule, it says which.
    """

    request: str
    tenant: Tenant
    assessment: str
    opened_at: str
    answer_by: str
    statement: bytes | None = None
    origin: Origin = "person"


class ExpiryOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="expiry"):
    """Every store deletes what it holds of these assessments, whose storage time is over; their person stays."""

    request: str
    assessments: tuple[str, ...]


Order = ErasureOrder | DisclosureOrder | ReviewOrder | ExpiryOrder


class _Untagged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order as it was written while every order was an erasure."""

    request: str
    entry: str


_ORDER: msgspec.msgpack.Decoder[Order] = msgspec.msgpack.Decoder(Order)
_UNTAGGED: msgspec.msgpack.Decoder[_Untagged] = msgspec.msgpack.Decoder(_Untagged)


def read_order(value: bytes | None) -> Order:
    """An order as a record carries it, in today's form or the first one. Raises msgspec.DecodeError."""
    try:
        return _ORDER.decode(value or b"")
    except msgspec.ValidationError as refusal:
        try:
            first = _UNTAGGED.decode(value or b"")
        except msgspec.ValidationError:
            raise refusal from None
        return ErasureOrder(first.request, first.entry)


class HeldAssessment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="assessment"):
    """One assessment as intake holds it: `hand_in`, `result`, `detail` and `reference` as they were sealed."""

    id: str
    state: str
    submitted_at: str
    ended_at: str | None = None
    reason: Reason | None = None
    superseded_by: str | None = None
    hand_in: bytes | None = None
    result: bytes | None = None
    detail: bytes | None = None
    reference: bytes | None = None


class HeldTrail(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="trail"):
    """One trail as audit holds it, sealed; `id` is the assessment's, `index` the place of its entry in the log."""

    id: str
    trail: bytes
    index: int


class HeldAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="act"):
    """What an auditor did with this person's data, as audit holds it: who looked, why and at what is sealed."""

    id: str
    sealed: bytes
    kind: str | None = None
    at: str | None = None


class HeldDelivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="delivery"):
    """What of an assessment its organisation was told, and when; `entry` is the id of the entry `delivered`."""

    id: str
    entry: str
    what: Literal["result", "detail"]
    at: str


class HeldDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="draft"):
    """An unfinished questionnaire as intake holds it, sealed as `DRAFT_SCHEMA`; it `ends_at` unless a hold stands."""

    id: str
    saved_at: str
    ends_at: str
    sealed: bytes


Held = HeldAssessment | HeldTrail | HeldAct | HeldDelivery | HeldDraft


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="part"):
    """One piece of what a store holds: `number` of `total`; where nothing is held there is one empty piece, 0 of 0.

    `gathering` is random: pieces of two gatherings, between which something came or went, are never mixed.
    """

    service: str
    request: str
    gathering: str
    number: int
    total: int
    held: Held | None = None


class Corrected(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="corrected"):
    """A corrected hand-in was scored: assessment `by` supersedes `assessment` (Art. 16)."""

    assessment: str
    by: str
    actor: Literal["person", "organisation"]
    asked_at: str


class Reviewed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="reviewed"):
    """A human has decided; `reason` is sealed for `trail`."""

    request: str
    decision: Decision
    reason: bytes
    at: str


class NoticeDelivered(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="notice-delivered"):
    """A webhook of the organisation has answered a notice with success: it was told, whatever it makes of it."""

    notice: str
    at: str


class NoticeAcknowledged(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="notice-acknowledged"):
    """An organisation has taken a notice."""

    notice: str
    at: str


Answer = Part | Corrected | Reviewed | NoticeDelivered | NoticeAcknowledged


class RequestForwarded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request of an employee that waits for the organisation's word; `assessment` is what it is about, if one."""

    type: str
    hand_over_by: str
    answer_by: str
    purpose: str | None = None
    assessment: str | None = None


class Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`privacy.notices`: what happened to the data of these assessments, which the organisation handed in, or what
    their employee asks for.

    `replaced_by` is the corrected assessment, where there is one; a forwarded `request` has the id of its notice.
    What a human has `reviewed` has the `decision`: it is for intake, which passes on or holds back what crosses a
    boundary.
    """

    id: str
    kind: ToldKind
    assessments: tuple[str, ...]
    at: str
    replaced_by: str | None = None
    request: RequestForwarded | None = None
    decision: Decision | None = None


DISCLOSURE_ORDERED_TYPE = "careerpulse.disclosure.ordered.v1"
EXPIRY_ORDERED_TYPE = "careerpulse.expiry.ordered.v1"
REVIEW_ORDERED_TYPE = "careerpulse.review.ordered.v1"
ANSWER_TYPE = "careerpulse.privacy.answer.v1"
NOTICE_TYPE = "careerpulse.privacy.notice.v1"
STATEMENT_SCHEMA = "statement/1"
REVIEW_SCHEMA = "review/1"
ACT_SCHEMA = "act/1"
