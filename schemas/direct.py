"""What is said in an organisation's own topics: CloudEvents in binary mode, each value a compact JWE (RFC 7516)."""

from marshmallow import fields

from schemas.fields import Integer, Strict, Text
from schemas.problem import ProblemDocument

ALGORITHM, ENCRYPTION = "ECDH-ES", "A256GCM"
CONTENT_TYPE = "application/jose"
HANDED_IN_TYPE = "careerpulse.assessment.handed-in.v1"
NOT_ACCEPTED_TYPE = "careerpulse.assessment.not-accepted.v1"
EVENT_ID = r"[\x21-\x7e]{1,255}"
"""The id that a platform gives its event, which is its Idempotency-Key: visible ASCII."""


def told_type(kind: str) -> str:
    """The CloudEvents type of a message of the feed: `careerpulse.assessment.scored.v1` of `assessment.scored`."""
    return f"careerpulse.{kind}.v1"


class RecordPlace(Strict):
    """Where a record lies."""

    topic = Text(249, required=True)
    partition = Integer(0, 2**31 - 1, required=True)
    offset = Integer(0, 2**53 - 1, required=True)


class NotAccepted(Strict):
    """A hand-in that was not accepted: `id` is that of its event, or its place where it has none that can be read,
    and `problem` is what HTTP would have answered.
    """

    id = Text(300, required=True)
    record = fields.Nested(RecordPlace, required=True)
    problem = fields.Nested(ProblemDocument, required=True)
