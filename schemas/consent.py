"""A consent as a person gives it over HTTP. Strict: what is not named here is refused."""

from schemas.fields import Line, Strict, Text
from schemas.purposes import LEGAL_BASES, PURPOSES


class ConsentRequest(Strict):
    """`POST /v1/consents`: agreement to one purpose under one notice.

    `notice` is the id and version of the notice that was shown, `language` its language as an ISO 639-1 code.
    """

    purpose = Text(40, choices=PURPOSES, required=True)
    legal_basis = Text(40, choices=LEGAL_BASES, load_default="consent")
    notice = Line(120, required=True)
    language = Text(2, minimum=2, pattern="[a-z]{2}", example="en", required=True)
