"""The technical documentation in the order of AI Act Annex IV. Pure."""

from infra.documents.page import FILL_IN, page
from infra.version import SOFTWARE
from services.audit.documents import method
from services.audit.documents.grounds import Grounds
from services.audit.documents.legal_table import article, cited


def technical_documentation(found: Grounds, moment: str) -> str:
    """Annex IV, points 1 to 9."""
    return page(
        "Technical documentation, aligned with AI Act Annex IV",
        moment,
        ("What it answers to", f"{cited('documentation', 'annex-iii', 'amendment')}."),
        ("1. General description", _general(found)),
        ("2. Elements and development", _elements(found)),
        ("3. Monitoring, functioning, control", _functioning()),
        ("4. Why these metrics", _metrics()),
        (f"5. Risk management ({article('risks')})", _risks()),
        ("6. Changes through the lifecycle", _changes(found)),
        ("7. Standards applied", _standards()),
        (f"8. EU declaration of conformity ({article('declaration')})", f"{FILL_IN}: the software issues none."),
        (
            f"9. Post-market monitoring ({article('monitoring')})",
            "See post-market-monitoring.md beside this document.",
        ),
        ("Leaves that this rests on", found.rest_on("received", "scored", "refused", "dead-lettered")),
        source=found.source(),
    )


def _general(found: Grounds) -> str:
    return f"""\
Intended purpose: {method.INTENDED_PURPOSE}

Provider: {FILL_IN}. Product: CareerPulse {SOFTWARE}. Versions of the software that wrote entries:

{method.software(found)}
Interaction: an HTTP interface and Kafka topics, described by OpenAPI and AsyncAPI; pages for people. Put on the
market as software that the deployer runs, on ordinary servers with Python, Kafka and a database. Instructions:
instructions-for-deployers.md beside this document."""


def _elements(found: Grounds) -> str:
    return f"""\
**(a), (b) Methods and logic.** A formula that people wrote: a weighted sum of answers and reference figures, in whole
numbers. Nothing is trained, and nothing learns in operation. Weights are a published choice; errors are assumptions
until a pilot.

{method.dimensions()}
Versions, each with the hash of all its data and code:

{method.versions(found)}
**(c) Architecture.** Four services over Kafka: intake, scoring, consent, audit. Answers are sealed for each person.

**(d) Data.** No training data. Reference data:

{method.data_sources()}
**(e) Human oversight ({article("oversight")}).** Band and reasons beside every score; a review by a human on request,
of answers that are hardly reliable, and before a result across an organisation's limit is passed on; what the machine
computed is never edited, and a decision stands beside it.

**(f) Changes determined beforehand.** None: a change is a new version with a new hash, and old results stay.

**(g) Validation.** Two engines that share no code agree to the byte; every past result can be computed again from its
sealed trail. Validity against outcomes: {FILL_IN} (no pilot was held).

**(h) Cybersecurity.** A data key for each person, released for one purpose at a time; a Merkle log that outsiders
verify; the threat model is published with the software."""


def _functioning() -> str:
    return f"""\
Limits that hold of every result:

{method.limits()}

Not claimed:

{method.not_claimed()}

Groups: no protected attribute enters a score. Measured differences between groups: {FILL_IN}."""


def _metrics() -> str:
    return (
        "There is no label to be accurate against: a score predicts no event. What is stated instead is its error, "
        "as a band beside each score, and the smallest change that may be called one."
    )


def _risks() -> str:
    return (
        "The risks to the people concerned, with the measures in force, stand in the impact assessment that "
        f"`careerpulse privacy documents` writes. Residual risks and who accepts them: {FILL_IN}."
    )


def _changes(found: Grounds) -> str:
    told = found.rest_on("configuration-changed", "signal-changed", "epoch-rotated", "witness-changed")
    return f"Versions of the methodology stand under 2. Changes of what surrounds it are entries:\n\n{told}"


def _standards() -> str:
    return (
        "Harmonised standards: none applied. Specifications: RFC 6962 (Merkle tree), C2SP signed-note, "
        "tlog-checkpoint, tlog-tiles, tlog-cosignature, tlog-proof; RFC 8785; CloudEvents 1.0; W3C DPV 2.3."
    )
