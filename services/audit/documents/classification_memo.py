"""The memo on how the product is classified under the AI Act, for somebody to answer for. Pure."""

from infra.documents.page import page
from infra.version import SOFTWARE
from services.audit.documents import method
from services.audit.documents.grounds import Grounds
from services.audit.documents.legal_table import LEGAL, cited

_LINE = "_" * 40


def classification_memo(found: Grounds, moment: str) -> str:
    """The memo; the key that signs it says which deployment it is of, and the empty line who answers for it."""
    return page(
        "Classification memo under the AI Act",
        moment,
        ("Question", f"Is CareerPulse {SOFTWARE} an AI system, and if so, of which class? Unsettled; see below."),
        ("It may lie outside Art. 3(1)", _outside()),
        ("It is built as if it lay inside", _inside()),
        ("Art. 6(3) does not help", _no_exemption()),
        ("What follows", _follows()),
        ("Leaves that this rests on", f"{method.versions(found)}\n{found.rest_on('scored', 'reviewed')}"),
        ("Who answers for it", _answers()),
        source=found.source(),
    )


def _outside() -> str:
    return (
        "An AI system infers how to generate its output. CareerPulse computes a formula whose every weight people "
        "wrote and published; nothing is trained, and nothing adapts. Recital 12 sets apart systems that rest on "
        "rules defined solely by natural persons to execute operations automatically. Some of its reference figures "
        "were rated with the help of a language model by others before they became data. No court has settled "
        f"where such a formula lies. {cited('definition')}."
    )


def _inside() -> str:
    return (
        "Used at work, a score may serve decisions on work relationships, or to evaluate people. The product is "
        "therefore aligned with the duties of Annex III point 4(b) as if it lay inside: documentation, log, "
        "instructions, oversight, accuracy, monitoring, incidents, explanation. "
        f"{cited('annex-iii', 'annex-iii-amended')}."
    )


def _no_exemption() -> str:
    return (
        "Art. 6(3) takes narrow tasks out of the high risk, but never a system that profiles natural persons "
        "(Art. 6(3), last subparagraph). Evaluating aspects of a person's work and skills by automated means is "
        "profiling (GDPR Art. 4(4))."
    )


def _follows() -> str:
    amended = LEGAL["annex-iii-amended"]
    return f"""\
- Dates: Annex III as published applies from {LEGAL["annex-iii"].date}. That the amendment of 2026 moves it to
  {amended.date} is {amended.shown_status}; rest no plan on it before the Official Journal says so.
- Whatever the class, a score on which somebody draws strongly is a decision: {cited("scoring-judgment")}.
- A deployer who uses it for hiring, promotion, pay or dismissal changes the intended purpose, and with it who must
  answer for it (AI Act Art. 25(1)(c))."""


def _answers() -> str:
    return f"""\
The signature below is the log's key: it shows which deployment wrote this memo, and that nobody changed it. It is no
person's judgement. Whoever answers for it signs a printed copy; the signed text stays as it is.

Name: {_LINE}

Function: {_LINE}

Date: {_LINE}"""
