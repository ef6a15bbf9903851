"""The file of a portability request (GDPR Art. 20): what the person provided, in a form that can be handed in again.

Each of `hand_ins` is a body for `POST /v1/assessments` as it stands; the whole file is taken by
`POST /v1/assessments/import`, which hands in what was handed in, and no draft. It holds no score: that is ours, and
belongs to access.
"""

from marshmallow import fields

from schemas.assessment import LINKS
from schemas.draft import PortableDraft
from schemas.fields import Items, Open, Strict, Text
from schemas.submission import PersonHandIn

FORMAT = "careerpulse/portable/1"
MOST = 1_000
"""Hand-ins in one file."""


class Portable(Strict):
    """Everything that one person handed in, the oldest first, and the draft that they asked to keep."""

    format = Text(40, choices=(FORMAT,), required=True)
    hand_ins = Items(fields.Nested(PersonHandIn), MOST, required=True)
    draft = fields.Nested(PortableDraft)


class Imported(Strict):
    """One answer for each hand-in of a file, in its order, and the claim code under which all of them are; with it
    `links` lead to their series and to the receipts of the consents.
    """

    assessments = Open({"type": "array", "items": {"type": "object"}}, required=True)
    claim_code = Text(200, required=True, allow_none=True)
    links = Open(LINKS, required=True)
