"""A consent as a person gives it over HTTP. Strict: what is not named here is refused."""

from marshmallow import fields

from schemas.fields import Items, Line, Open, Strict, Text
from schemas.purposes import LEGAL_BASES, PURPOSES, RECORD_STATES

LINKS = {"type": "object", "additionalProperties": {"type": "string"}}
DOCUMENT = {"type": "object"}
RECEIPTS = "/v1/consent-receipts"
"""Where a person finds the receipts of all their consents, at consent."""


class ConsentRequest(Strict):
    """`POST /v1/consents`: agreement to one purpose under one notice.

    `notice` is the id and version of the notice that was shown, `language` its language as an ISO 639-1 code; what
    cannot have been shown is refused. `legal_basis` can be `consent` alone: on what else a purpose rests is its
    controller's to record.
    """

    purpose = Text(40, choices=PURPOSES, required=True)
    legal_basis = Text(40, choices=LEGAL_BASES, load_default="consent")
    notice = Line(120, required=True)
    language = Text(2, minimum=2, pattern="[a-z]{2}", example="en", required=True)


class ConsentRecord(Strict):
    """One record of the ledger, as it is shown to its person."""

    id = Text(40, required=True)
    purpose = Text(40, choices=PURPOSES, required=True)
    legal_basis = Text(40, choices=LEGAL_BASES, required=True)
    state = Text(40, choices=RECORD_STATES, required=True)
    notice = Text(1_000, minimum=0, required=True)
    language = Text(40, minimum=0, required=True)
    given_at = Text(40, required=True)
    ended_at = Text(40, required=True, allow_none=True)
    links = Open(LINKS, required=True)


class ConsentRecords(Strict):
    """All records of one person."""

    consents = Items(fields.Nested(ConsentRecord), 10_000, required=True)


class LinkedRecords(Strict):
    """All records of one person as JSON-LD (ISO/IEC TS 27560, W3C DPV)."""

    context = Open({}, required=True, data_key="@context")
    graph = Open({"type": "array", "items": DOCUMENT}, required=True, data_key="@graph")


class SignedReceipt(Strict):
    """The receipt of a consent, signed (Ed25519, RFC 8032, over the RFC 8785 bytes of `receipt`)."""

    receipt = Open(DOCUMENT, required=True)
    signature = Open(DOCUMENT, required=True)


class SignedReceipts(Strict):
    """A receipt of each consent that the person gave, the oldest first."""

    receipts = Items(fields.Nested(SignedReceipt), 10_000, required=True)


class HoldShown(Strict):
    """A legal hold on what is the person's, with its reason (GDPR Art. 17(3)(e))."""

    id = Text(40, required=True)
    reason = Text(1_000, required=True)
    set_at = Text(40, required=True)
    lifted_at = Text(40, required=True, allow_none=True)


class HoldsListed(Strict):
    """All holds of one person, lifted ones too."""

    holds = Items(fields.Nested(HoldShown), 1_000, required=True)


class NoticesListed(Strict):
    """The names of the notices with their versions, and the languages there are of each."""

    notices = Items(Text(100), 1_000, required=True)
    languages = Items(Text(35), 100, required=True)
    links = Open(LINKS, required=True)
