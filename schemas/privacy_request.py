"""A request of a person about their own data, as it arrives over HTTP. Strict: what is not named here is refused."""

from schemas.fields import Strict, Text
from schemas.purposes import PURPOSES

REQUEST_TYPES = ("erasure", "restriction", "restriction-lift", "objection")
"""GDPR Art. 17, 18 and 21; `restriction-lift` ends a restriction."""


class PrivacyRequest(Strict):
    """`POST /v1/privacy/requests`. Who asks is proved by the claim code in the header, never by the body.

    `purpose` narrows an objection to one purpose; the other types take none.
    """

    type = Text(20, choices=REQUEST_TYPES, required=True)
    purpose = Text(40, choices=PURPOSES, load_default=None)
