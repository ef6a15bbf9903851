"""The memo on how the product is classified under the AI Act, for somebody to answer for. Pure."""

from infra.documents.page import page
from infra.version import SOFTWARE
from services.audit.documents import method
from services.audit.documents.grounds import Grounds
from services.audit.documents.legal_table import LEGAL, article, cited

_LINE = "_" * 40


def classification_memo(found: Grounds, moment: str) -> str:
    """The memo; the key that signs it says which deployment it is of, and the empty line who answers for it."""
    return page(
        "Classification memo under the AI Act",
        moment,
        ("Question", f"Is CareerPulse {SOFTWARE} an AI system, and if so, of which class? Unsettled; see below."),
        (f"It may lie outside {article('definition')}", _outside()),
        ("It is built as if it lay inside", _inside()),
        (f"{article('no-exemption')} does not help", _no_exemption()),
        ("What follows", _follows()),
        ("Leaves that this rests on", f"{method.versions(found)}\n{found.rest_on('scored', 'reviewed')}"),
        ("Who answers for it", _answers()),
        source=found.source(),
    )


def _outside() -> str:
    return (
        "An AI system infers how to generate its output. CareerPulse computes a formula whose every weight people "
        "wrote and published; nothing is trained, and nothing adapts. The recital sets apart systems that rest on "
        "rules defined solely by natural persons to execute operations automatically. Some of its reference figures "
        "were rated with the help of a language model by others before they became data. No court has settled "
        f"where such a formula lies. {cited('definition')}."
    )


def _inside() -> str:
    return (
        "Used at work, a score may serve decisions on work relationships, or to evaluate people. The product is "
        f"therefore aligned with the duties of {article('annex-iii')} as if it lay inside: documentation, log, "
        "instructions, oversight, accuracy, monitoring, incidents, explanation. "
        f"{cited('annex-iii', 'amendment')}."
    )


def _no_exemption() -> str:
    return (
        "Narrow tasks are taken out of the high risk, but never a system that profiles natural persons (last "
        "subparagraph). Evaluating aspects of a person's work and skills by automated means is profiling. "
        f"{cited('no-exemption', 'profiling')}."
    )


def _follows() -> str:
    duties = LEGAL["annex-iii"]
    return f"""\
- Dates: what Annex III asks for applies from {duties.date}, as {cited("amendment")} has it; that is
  {duties.shown_status}: read the Official Journal before a plan rests on it. Monitoring, incidents and explanation
  stand outside the chapter that was put off: {cited("monitoring", "incidents", "explanation")}.
- Whatever the class, a score on which somebody draws strongly is a decision: {cited("scoring-judgment")}.
- A deployer who uses it for hiring, promotion, pay or dismissal changes the intended purpose, and with it who must
  answer for it: {cited("purpose-changed")}."""


def _answers() -> str:
    return f"""\
The signature below is the log's key: it shows which deployment wrote this memo, and that nobody changed it. It is no
person's judgement. Whoever answers for it signs a printed copy; the signed text stays as it is.

Name: {_LINE}

Function: {_LINE}

Date: {_LINE}"""
