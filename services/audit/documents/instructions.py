"""The instructions for deployers, in the order of AI Act Art. 13(3). Pure."""

from infra.documents.page import FILL_IN, page
from services.audit.documents import method
from services.audit.documents.grounds import Grounds
from services.audit.documents.legal_table import article, cited


def instructions(found: Grounds, moment: str) -> str:
    """What a deployer must know before anybody is scored."""
    return page(
        f"Instructions for deployers, aligned with {article('instructions')}",
        moment,
        ("What they answer to", f"{cited('instructions', 'oversight', 'workers', 'literacy')}."),
        ("(a) Provider", f"Name and contact: {FILL_IN}. Authorised representative: {FILL_IN}, or none."),
        ("(b) Purpose, capabilities, limits", _capabilities()),
        ("(b) How a result is read", _reading()),
        ("(c) Changes determined beforehand", f"None. Each version keeps its hash:\n\n{method.versions(found)}"),
        ("(d) Human oversight", _oversight(found)),
        ("(e) Resources, lifetime, care", _care()),
        ("(f) The log", "See log-description.md: how entries are kept, read, exported and verified."),
        ("Before use at work", _before_use()),
        source=found.source(),
    )


def _capabilities() -> str:
    return f"{method.INTENDED_PURPOSE}\n\n{method.limits()}\n\nNot claimed:\n\n{method.not_claimed()}"


def _reading() -> str:
    return """\
- Read the band and not the number alone: inside it nothing tells two results apart.
- Compare a person with that person's own earlier result of the same version only, and call a change one only where
  the result does.
- The reasons sum to the score exactly; `…/explanation` and the letter say them in plain words.
- A result with quality flags rests on missing or unlikely answers: ask again before anything follows from it."""


def _oversight(found: Grounds) -> str:
    told = found.rest_on(
        "viewed", "delivered", "key-released-to-a-human", "reviewed", "oversight-note", "override", "superseded"
    )
    return f"""\
A score on which somebody draws strongly is itself a decision: {cited("scoring-judgment", "automated")}. So a human
who may decide otherwise looks at the reasons before any effect, and people are told how to ask for a review. Name
those humans and give them time, training and authority: {FILL_IN}. Beware of automation bias: a reviewer who
only ever confirms does not review.

{told}"""


def _care() -> str:
    return (
        "Ordinary servers; sizes are in the performance page. Updates bring new versions and leave old results as "
        "they are. Back up the databases, the log and, apart from them, the secrets, as the operations page says."
    )


def _before_use() -> str:
    return (
        "Tell workers and their representatives, and everybody about whom a decision is made or prepared "
        "(`careerpulse privacy documents` writes the notices); make an impact assessment; where platform work is "
        f"concerned also: {cited('platform-work')}."
    )
