"""What consent's handlers declare alike: who may call, and how the interface is introduced."""

from infra.http.openapi import Interface
from infra.http.operation import Parameter, Proof

INTERFACE = Interface(
    "CareerPulse consent",
    "A person's consents and requests about their own data.",
    {
        "claim": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "A person's claim code, told once at the first hand-in: `Claim CODE`.",
        }
    },
    limited=True,
)
NOBODY = Proof("")
PERSON = Proof("claim")
PROVED = (401, 429)
LOCATION = Parameter("Location", "Where it is read.", {"type": "string"}, required=True)
