"""What the controller tells about each purpose and legal basis: the one text behind notices, consent records, the
record of processing and the documentation. Pure.

`broader` is the concept of the W3C Data Privacy Vocabulary (DPV) under which a purpose falls.
"""

from dataclasses import dataclass
from typing import Final

from schemas.keys import Domain
from schemas.purposes import LegalBasis, Purpose


@dataclass(frozen=True, slots=True)
class Category:
    """A category of personal data. `provider` says by whom; without one it is computed from what was provided."""

    name: str
    told: str
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class Processing:
    """One purpose in plain words: what for, and who receives what it opens."""

    told: str
    broader: str
    recipients: tuple[str, ...] = ()


CATEGORIES: Final[dict[Domain, Category]] = {
    "answers": Category(
        "answers", "answers to the questionnaire: occupation, skills, learning, income", provider="the person"
    ),
    "result": Category("result", "score, band and dimensions"),
    "detail": Category("detail", "the reasons of the score"),
    "trail": Category("trail", "the steps of the computation"),
    "reference": Category("reference", "the employer's own name for its employee", provider="the employer"),
    "statistics": Category(
        "statistics",
        "sex and age band, asked apart and optional; career break and answers in coarse cells",
        provider="the person",
    ),
}

_CONTROLLER = "the controller"
_PERSON = "the person"
_RESEARCHER = "the research body that the controller has instructed"
_COURT = "courts and counsel in the dispute"

PROCESSING: Final[dict[Purpose, Processing]] = {
    "scoring": Processing("compute a score with its reasons from the answers", "ServiceProvision"),
    "delivery": Processing("hand score and band to the organisation", "ServiceProvision", (_CONTROLLER,)),
    "delivery-detail": Processing("hand the reasons to the organisation too", "ServiceProvision", (_CONTROLLER,)),
    "access": Processing("show everything held (GDPR Art. 15)", "RightsFulfilment", (_PERSON,)),
    "portability": Processing(
        "give back what was provided, to be taken along (Art. 20)", "RightsFulfilment", (_PERSON,)
    ),
    "review": Processing(
        "let a human look at an automated result (Art. 22(3))", "RightsFulfilment", ("the reviewer",)
    ),
    "draft": Processing("keep an unfinished questionnaire", "ServiceProvision", (_PERSON,)),
    "statistics": Processing("test the score for unequal effects and drift, in groups only", "DataQualityAssessment"),
    "research": Processing("study careers", "ResearchAndDevelopment", (_RESEARCHER,)),
    "retention-beyond-result": Processing("keep what is sealed beyond the ordinary storage time", "RecordManagement"),
    "legal-claim": Processing("establish, exercise or defend legal claims", "LegalCompliance", (_COURT,)),
}

ARTICLES: Final[dict[LegalBasis, str]] = {
    "consent": "GDPR Art. 6(1)(a)",
    "contract": "GDPR Art. 6(1)(b)",
    "legal-obligation": "GDPR Art. 6(1)(c)",
    "vital-interest": "GDPR Art. 6(1)(d)",
    "public-task": "GDPR Art. 6(1)(e)",
    "legitimate-interest": "GDPR Art. 6(1)(f)",
    "employment-law": "GDPR Art. 88 with national law or a collective agreement",
}
