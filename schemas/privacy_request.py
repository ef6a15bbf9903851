"""A request of a person about their own data, as it arrives over HTTP. Strict: what is not named here is refused."""

from schemas.fields import Strict, Text

REQUEST_TYPES = ("erasure",)


class PrivacyRequest(Strict):
    """`POST /v1/privacy/requests`. Who asks is proved by the claim code in the header, never by the body."""

    type = Text(20, choices=REQUEST_TYPES, required=True)
