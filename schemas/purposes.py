"""The vocabulary of the consent ledger: purposes, legal bases and states."""

from typing import Literal, get_args

Purpose = Literal[
    "scoring",
    "delivery",
    "delivery-detail",
    "access",
    "portability",
    "review",
    "draft",
    "statistics",
    "research",
    "retention-beyond-result",
    "legal-claim",
]
LegalBasis = Literal[
    "consent",  # GDPR Art. 6(1)(a)
    "contract",  # Art. 6(1)(b)
    "legal-obligation",  # Art. 6(1)(c)
    "vital-interest",  # Art. 6(1)(d): no purpose here rests on it
    "public-task",  # Art. 6(1)(e)
    "legitimate-interest",  # Art. 6(1)(f)
    "employment-law",  # Art. 88 with national law or a collective agreement
]
RecordState = Literal["given", "withdrawn", "expired", "objected"]
PersonState = Literal["active", "restricted", "erasure-pending", "erased"]

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
LEGAL_BASES: tuple[LegalBasis, ...] = get_args(LegalBasis)
RECORD_STATES: tuple[RecordState, ...] = get_args(RecordState)
PERSON_STATES: tuple[PersonState, ...] = get_args(PersonState)
EMPLOYER_BASES: tuple[LegalBasis, ...] = ("contract", "legal-obligation", "legitimate-interest", "employment-law")
"""On what an employer may process: Art. 6(1)(b), (c), (f) or national law under Art. 88; never consent, which an
employee is rarely free to refuse (recital 43).
"""
INDIVIDUALS = "individuals"
"""The tenant of people who come by themselves; for them the operator is the controller."""
DRAFT_DAYS = 30
"""How long a draft is kept after it was last saved."""
SANDBOX = "sandbox-"
"""How the id of each organisation for trying things out begins, and of no other: its namespace in every store."""


def is_sandbox(tenant: str) -> bool:
    """Whether the data of this tenant is made up."""
    return tenant.startswith(SANDBOX)
