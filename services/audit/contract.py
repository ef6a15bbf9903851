"""What audit's handlers declare alike: who may call, and how the interface is introduced."""

from infra.http.openapi import Interface
from infra.http.operation import Proof

INTERFACE = Interface(
    "CareerPulse audit",
    "The log of every decision as C2SP tlog-tiles, and its entries for auditors.",
    {
        "auditor": {
            "type": "http",
            "scheme": "bearer",
            "description": "An officer's own token; for entries and their proofs also the one that auditors share.",
        }
    },
)
AUDITOR = Proof("auditor")
