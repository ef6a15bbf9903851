"""The problem document (RFC 9457) that every error is answered as."""

from marshmallow import fields

from schemas.fields import Integer, Items, Open, Strict, Text
from schemas.remedies import SHAPE as REMEDIES_SHAPE


class ProblemFault(Strict):
    """One thing wrong: a JSON pointer (RFC 6901) to it, and what would be right."""

    pointer = Text(2_000, minimum=0, required=True)
    detail = Text(10_000, required=True)


class ProblemDocument(Strict):
    """What is wrong. `type` is stable and to be told apart by, `title` and `detail` are for people.

    `error` and `error_description` stand beside it where OAuth 2.0 asks for them (RFC 6749, 5.2);
    `remedies` where somebody's right is refused (GDPR Art. 12(4)).
    """

    type = Text(200, pattern=r"urn:careerpulse:problem:[a-z0-9\-]+", required=True)
    title = Text(200, required=True)
    status = Integer(400, 599, required=True)
    detail = Text(10_000)
    errors = Items(fields.Nested(ProblemFault), 10_000)
    error = Text(40, pattern="[a-z_]+")
    error_description = Text(10_000)
    remedies = Open(REMEDIES_SHAPE)
