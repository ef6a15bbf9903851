"""One record of the ledger as linked data: JSON-LD in the terms of the W3C Data Privacy Vocabulary (DPV). Pure.

The shape is that of ISO/IEC TS 27560 as DPV's schema for it lays down (https://w3id.org/dpv/schema/dpv-27560). What
rests on another basis than consent is a `dpv:DataProcessingRecord` of the same shape, and claims no conformance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schemas.purposes import LegalBasis, Purpose, RecordState
from services.consent.consents.processing import ARTICLES, CATEGORIES, PROCESSING
from services.consent.controllers.controller import Party, Roles
from services.consent.purpose_table import RULES, can_be_objected_to, can_be_withdrawn

DPV_VERSION = "2.3"
_SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"
_GDPR_CONCEPTS: Final[dict[LegalBasis, str]] = {
    "consent": "eu-gdpr:A6-1-a",
    "contract": "eu-gdpr:A6-1-b",
    "legal-obligation": "eu-gdpr:A6-1-c",
    "vital-interest": "eu-gdpr:A6-1-d",
    "public-task": "eu-gdpr:A6-1-e",
    "legitimate-interest": "eu-gdpr:A6-1-f",
}
_BEGINS: Final[dict[LegalBasis, str]] = {
    "consent": "dpv:ConsentGiven",
    "legitimate-interest": "dpv:LegitimateInterestNotObjected",
}
_ENDS: Final[dict[tuple[LegalBasis, RecordState], str]] = {
    ("consent", "withdrawn"): "dpv:ConsentWithdrawn",
    ("consent", "expired"): "dpv:ConsentExpired",
    ("public-task", "objected"): "dpv:PublicInterestObjected",
    ("legitimate-interest", "objected"): "dpv:LegitimateInterestObjected",
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record with what must be told beside it. Times are written `2026-11-23T18:00:00Z`.

    `storage_days` are the purpose's own, see `retention.terms.storage_days`; `service` is the address of the consent
    service.
    """

    record_id: str
    purpose: Purpose
    legal_basis: LegalBasis
    state: RecordState
    notice: str
    language: str
    given_at: str
    ended_at: str | None
    roles: Roles
    storage_days: int
    service: str


def context() -> dict[str, object]:
    """The `@context`: whole in the document, so that nobody has to be asked what its terms mean."""
    return {
        "dpv": "https://w3id.org/dpv#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "dct": "http://purl.org/dc/terms/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "dct:date": {"@type": "xsd:dateTime"},
        "dpv:hasDuration": {"@type": "xsd:duration"},
        **{name: {"@type": "@id"} for name in ("dct:conformsTo", "dpv:isExercisedAt", "skos:broader")},
    }


def graph(records: Sequence[Recorded]) -> dict[str, object]:
    """All records of a person in one document."""
    return {"@context": context(), "@graph": [node(record) for record in records]}


def node(record: Recorded) -> dict[str, object]:
    """One record, without its context."""
    is_consent = record.legal_basis == "consent"
    vocabulary = f"https://w3id.org/dpv/{DPV_VERSION}"
    return {
        "@id": f"urn:careerpulse:record:{record.record_id}",
        "@type": "dpv:ConsentRecord" if is_consent else "dpv:DataProcessingRecord",
        "dct:identifier": record.record_id,
        "dct:conformsTo": [vocabulary, _SCHEMA] if is_consent else [vocabulary],
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dct:description": "whoever holds the claim code"},
        "dpv:hasDataController": _party(record.roles.controller, "dpv:DataController"),
        **_processor(record.roles),
        "dpv:hasNotice": _notice(record),
        "dpv:hasProcess": _process(record),
        "dpv:hasStatus": _statuses(record),
    }


def _party(party: Party, role: str) -> dict[str, object]:
    told: dict[str, object] = {"@type": role, "dpv:hasName": party.name}
    return told | ({"dpv:hasContact": party.contact} if party.contact else {})


def _processor(roles: Roles) -> dict[str, object]:
    if roles.processor is None:
        return {}
    return {"dpv:hasDataProcessor": _party(roles.processor, "dpv:DataProcessor")}


def _notice(record: Recorded) -> dict[str, object]:
    language = {"dct:language": record.language} if record.language else {}
    kind = "dpv:ConsentNotice" if record.legal_basis == "consent" else "dpv:PrivacyNotice"
    return {"@type": kind, "dct:identifier": record.notice, **language}


def _process(record: Recorded) -> dict[str, object]:
    told = PROCESSING[record.purpose]
    recipients = [{"@type": "dpv:Recipient", "dct:description": name} for name in told.recipients]
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {
            "@id": f"urn:careerpulse:purpose:{record.purpose}",
            "@type": "dpv:Purpose",
            "skos:broader": f"dpv:{told.broader}",
            "dct:description": told.told,
        },
        "dpv:hasLegalBasis": _basis(record),
        "dpv:hasPersonalData": _data(record.purpose),
        **({"dpv:hasRecipient": recipients} if recipients else {}),
        "dpv:hasStorageCondition": {"@type": "dpv:StorageDuration", "dpv:hasDuration": f"P{record.storage_days}D"},
        **_control(record),
    }


def _basis(record: Recorded) -> dict[str, object]:
    concept = _GDPR_CONCEPTS.get(record.legal_basis)
    if concept is not None:
        return {"@id": concept}
    agreement = record.roles.agreement
    source = {"dct:source": agreement} if agreement else {}
    return {"@type": "dpv:LegalBasis", "dct:description": ARTICLES[record.legal_basis], **source}


def _data(purpose: Purpose) -> list[dict[str, object]]:
    return [
        {
            "@type": "dpv:ProvidedPersonalData" if CATEGORIES[domain].provider else "dpv:DerivedPersonalData",
            "dct:title": CATEGORIES[domain].name,
            "dct:description": CATEGORIES[domain].told,
        }
        for domain in RULES[purpose].grant.domains
    ]


def _control(record: Recorded) -> dict[str, object]:
    """How the person ends it: a consent by its withdrawal (Art. 7(3)), an interest by an objection (Art. 21)."""
    if can_be_withdrawn(record.legal_basis):
        place = f"{record.service}/v1/consents/{record.record_id}"
        return {"dpv:hasConsentControl": {"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": place}}
    if can_be_objected_to(record.legal_basis):
        place = f"{record.service}/v1/privacy/requests"
        return {"dpv:hasRight": {"@type": ["dpv:DataSubjectRight", "eu-gdpr:A21"], "dpv:isExercisedAt": place}}
    return {}


def _statuses(record: Recorded) -> list[dict[str, object]]:
    begun = _BEGINS.get(record.legal_basis, "dpv:Status")
    told = [_status(begun, "given", record.given_at)]
    if record.state != "given":
        ended = _ENDS.get((record.legal_basis, record.state), "dpv:Status")
        told.append(_status(ended, record.state, record.ended_at or record.given_at))
    return told


def _status(concept: str, state: RecordState, at: str) -> dict[str, object]:
    return {"@type": concept, "dct:title": state, "dct:date": at}
