"""The one dated table of the law that the documents speak of: every date and reference in them is printed from here.

A row without a reference (the Official Journal's, or a judgment's ECLI) is shown as unconfirmed, whatever its status
says. Whoever confirms a date adds its reference here, and no other line changes.
"""

from dataclasses import dataclass
from typing import Literal

from infra.documents.page import table

AS_OF = "2026-11-23"
"""The day on which the rows were last read through."""

Status = Literal["applies", "published", "as published", "reported", "decided"]
"""as published: adopted, and a row that is only reported would move its date."""

_AI_ACT = "OJ L, 2024/1689, 12.7.2024"
_GDPR = "OJ L 119, 4.5.2016, p. 1"


@dataclass(frozen=True, slots=True)
class Provision:
    """One row: where it stands, what it asks, the day from which it applies, where that is published."""

    article: str
    what: str
    date: str
    reference: str
    status: Status

    @property
    def confirmed(self) -> bool:
        """Whether a reference says where the date is published."""
        return bool(self.reference)

    @property
    def shown_status(self) -> str:
        """The status as it is printed."""
        if not self.confirmed:
            return f"unconfirmed ({self.status} by secondary sources)"
        return (
            f"{self.status}; an unconfirmed amendment would put it off"
            if self.status == "as published"
            else self.status
        )

    def cited(self) -> str:
        """The row within a sentence: `AI Act Art. 4 (from 2025-02-02, applies; OJ L, 2024/1689, 12.7.2024)`."""
        return f"{self.article} (from {self.date}, {self.shown_status}; {self.reference or 'no reference'})"


LEGAL: dict[str, Provision] = {
    "definition": Provision("AI Act Art. 3(1), recital 12", "what an AI system is", "2025-02-02", _AI_ACT, "applies"),
    "literacy": Provision(
        "AI Act Art. 4", "AI literacy of the staff that operates it", "2025-02-02", _AI_ACT, "applies"
    ),
    "emotion": Provision("AI Act Art. 5(1)(f)", "no inference of emotions at work", "2025-02-02", _AI_ACT, "applies"),
    "annex-iii": Provision(
        "AI Act Art. 6(2), (3), Annex III point 4(b)",
        "decisions on work relationships, tasks by traits, monitoring and evaluation: high risk; never exempt where "
        "people are profiled",
        "2026-08-02",
        _AI_ACT,
        "as published",
    ),
    "annex-iii-amended": Provision(
        "AI Act, amendment of 2026", "the duties for systems of Annex III put off", "2027-12-02", "", "reported"
    ),
    "documentation": Provision(
        "AI Act Art. 11, Annex IV", "technical documentation", "2026-08-02", _AI_ACT, "as published"
    ),
    "logs": Provision("AI Act Art. 12, 19, 26(6)", "records of events, kept", "2026-08-02", _AI_ACT, "as published"),
    "instructions": Provision("AI Act Art. 13", "instructions for deployers", "2026-08-02", _AI_ACT, "as published"),
    "oversight": Provision("AI Act Art. 14, 26(2)", "human oversight", "2026-08-02", _AI_ACT, "as published"),
    "accuracy": Provision(
        "AI Act Art. 15", "accuracy, robustness, cybersecurity", "2026-08-02", _AI_ACT, "as published"
    ),
    "workers": Provision(
        "AI Act Art. 26(7), (11)", "workers and those concerned are told", "2026-08-02", _AI_ACT, "as published"
    ),
    "monitoring": Provision("AI Act Art. 72", "post-market monitoring", "2026-08-02", _AI_ACT, "as published"),
    "incidents": Provision(
        "AI Act Art. 3(49), 73", "serious incidents are reported", "2026-08-02", _AI_ACT, "as published"
    ),
    "explanation": Provision(
        "AI Act Art. 86", "explanation of an individual decision", "2026-08-02", _AI_ACT, "as published"
    ),
    "access": Provision(
        "GDPR Art. 15(1)(h)", "meaningful information about the logic", "2018-05-25", _GDPR, "applies"
    ),
    "breach": Provision(
        "GDPR Art. 33, 34", "personal data breaches are notified within 72 hours", "2018-05-25", _GDPR, "applies"
    ),
    "automated": Provision("GDPR Art. 22", "no decision by automation alone", "2018-05-25", _GDPR, "applies"),
    "scoring-judgment": Provision(
        "CJEU C-634/21",
        "a score on which others draw strongly is itself a decision (GDPR Art. 22(1))",
        "2023-12-07",
        "ECLI:EU:C:2023:957",
        "decided",
    ),
    "platform-work": Provision(
        "Directive (EU) 2024/2831, Art. 29(1)",
        "platform work: algorithmic management; to be transposed by then",
        "2026-12-02",
        "OJ L, 2024/2831, 11.11.2024",
        "published",
    ),
}


def cited(*names: str) -> str:
    """The rows of these names within a sentence."""
    return "; ".join(LEGAL[name].cited() for name in names)


def legal_table() -> str:
    """The whole table as Markdown."""
    rows = ((one.article, one.what, one.date, one.reference, one.shown_status) for one in LEGAL.values())
    told = table(("Article", "What", "From", "Reference", "Status"), rows)
    return f"{told}\nRead through on {AS_OF}. A row without a reference is unconfirmed: do not rest a deadline on it."
