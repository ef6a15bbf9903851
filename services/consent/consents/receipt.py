"""The receipt of a consent: the record as linked data, signed, for the person to keep. Pure.

`{"receipt": {"kind", "key_id", "issued_at", "consent": JSON-LD}, "signature": {…}}`, signed and verified as every
receipt is (`services.consent.erasure.receipt`).
"""

from dataclasses import dataclass
from datetime import datetime

from infra.clock import written
from services.consent.consents.record import Recorded, context, node
from services.consent.erasure.receipt import CONSENT_KIND


@dataclass(frozen=True, slots=True)
class ConsentReceipt:
    """A record as it stands at `issued_at`."""

    record: Recorded
    issued_at: datetime

    def document(self, key_id: str) -> dict[str, object]:
        """The document that is signed; `consent` is a `dpv:ConsentReceipt` that holds the record."""
        receipt = {
            "@context": context(),
            "@type": "dpv:ConsentReceipt",
            "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr",
            "dct:hasPart": node(self.record),
        }
        return {
            "kind": CONSENT_KIND,
            "issued_at": written(self.issued_at),
            "consent": receipt,
            "key_id": key_id,
        }
