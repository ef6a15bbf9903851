"""The one dated table of the law that the documents speak of: every date, clock and reference is printed from here.

A row is confirmed where somebody has read it in the publication that its reference names (the Official Journal, a
judgment's ECLI, a gazette). What was read in another's account of it is reported: the row says whose, and as of when.
Whoever reads the publication takes `told_by` out, and no other line changes.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from infra.documents.page import table

AS_OF = "2026-11-30"
"""The day on which the rows were last read through."""

Status = Literal["applies", "published", "decided"]

_AI_ACT = "OJ L, 2024/1689, 12.7.2024"
_OMNIBUS = "OJ L, 2026/1744, 24.7.2026"
_GDPR = "OJ L 119, 4.5.2016, p. 1"
_TOLD_BY = (
    "github.com/ThomasMoreAI/legal-skills-open, "
    "eu/regulatory/skills/ai-act-compliance-clemensjl/references/timeline.md, as of 2026-08-05"
)
"""Who tells what Regulation (EU) 2026/1744 changed; the Official Journal itself was not read."""
_DEFERRED = "2027-12-02"
"""Chapter III, Sections 1 to 3, for systems of Annex III: Art. 113, third paragraph, point (c) as amended."""


@dataclass(frozen=True, slots=True)
class Provision:
    """One row: where it stands, what it asks, the day from which it applies, where that is published.

    `told_by` is the secondary source that the row rests on, if it does; `within` the clock that it sets, if one.
    """

    article: str
    what: str
    date: str
    reference: str
    status: Status
    told_by: str = ""
    within: timedelta | None = None

    @property
    def confirmed(self) -> bool:
        """Whether it was read in the publication that the reference names."""
        return bool(self.reference) and not self.told_by

    @property
    def shown_status(self) -> str:
        """The status as it is printed."""
        return self.status if self.confirmed else f"unconfirmed ({self.status}, by a secondary source)"

    def cited(self) -> str:
        """The row within a sentence: `AI Act Art. 4 (from 2025-02-02, applies; OJ L, 2024/1689, 12.7.2024)`."""
        return f"{self.article} (from {self.date}, {self.shown_status}; {self.reference or 'no reference'})"


def _act(article: str, what: str, date: str = "2025-02-02", within: timedelta | None = None) -> Provision:
    return Provision(f"AI Act {article}", what, date, _AI_ACT, "applies", within=within)


def _deferred(article: str, what: str) -> Provision:
    """Of Chapter III, Sections 1 to 3: put off for systems of Annex III."""
    return Provision(f"AI Act {article}", what, _DEFERRED, f"{_AI_ACT}; {_OMNIBUS}", "published", _TOLD_BY)


def _amended(article: str, what: str, date: str, status: Status = "applies") -> Provision:
    return Provision(article, what, date, _OMNIBUS, status, _TOLD_BY)


def _gdpr(article: str, what: str, within: timedelta | None = None) -> Provision:
    return Provision(f"GDPR {article}", what, "2018-05-25", _GDPR, "applies", within=within)


LEGAL: dict[str, Provision] = {
    "amendment": _amended(
        "Regulation (EU) 2026/1744, Art. 1(40)(b)",
        "Chapter III, Sections 1 to 3 of the AI Act put off for systems of Annex III; in force since this day",
        "2026-07-27",
    ),
    "definition": _act("Art. 3(1), recital 12", "what an AI system is"),
    "literacy": _amended(
        "AI Act Art. 4, as replaced by Regulation (EU) 2026/1744, Art. 1(5)",
        "measures that support the AI literacy of the staff that operates it; no level is guaranteed",
        "2026-07-27",
    ),
    "bias": _amended(
        "AI Act Art. 4a, added by Regulation (EU) 2026/1744, Art. 1(6)",
        "special categories of personal data to find and correct bias, under conditions; none is used here",
        "2026-07-27",
    ),
    "emotion": _act("Art. 5(1)(f)", "no inference of emotions at work"),
    "annex-iii": _deferred(
        "Art. 6(2), Annex III point 4(b)",
        "decisions on work relationships, tasks by traits, monitoring and evaluation: high risk",
    ),
    "no-exemption": _deferred("Art. 6(3)", "narrow tasks are no high risk, but never where people are profiled"),
    "risks": _deferred("Art. 9", "risk management"),
    "documentation": _deferred("Art. 11, Annex IV", "technical documentation"),
    "logs": _deferred("Art. 12, 19, 26(6)", "records of events, kept"),
    "instructions": _deferred("Art. 13", "instructions for deployers"),
    "oversight": _deferred("Art. 14, 26(2)", "human oversight"),
    "accuracy": _deferred("Art. 15", "accuracy, robustness, cybersecurity"),
    "purpose-changed": _deferred(
        "Art. 25(1)(c)", "who changes the intended purpose to high risk answers as provider"
    ),
    "workers": _deferred("Art. 26(7), (11)", "workers and those concerned are told"),
    "declaration": _act("Art. 47", "EU declaration of conformity", "2026-08-02"),
    "monitoring": _act("Art. 72", "post-market monitoring of high-risk systems", "2026-08-02"),
    "monitoring-template": _amended(
        "AI Act Art. 72(3), as amended by Regulation (EU) 2026/1744, Art. 1(30)",
        "the template of a monitoring plan is voluntary guidance, due by then",
        "2027-09-02",
        "published",
    ),
    "incidents": _act("Art. 3(49), 73", "serious incidents are reported", "2026-08-02"),
    "incident-serious": _act(
        "Art. 73(2)", "serious incidents: within 15 days of awareness", "2026-08-02", timedelta(days=15)
    ),
    "incident-widespread": _act(
        "Art. 73(3)",
        "widespread infringements, critical infrastructure: within 2 days",
        "2026-08-02",
        timedelta(days=2),
    ),
    "incident-death": _act("Art. 73(4)", "the death of a person: within 10 days", "2026-08-02", timedelta(days=10)),
    "incident-first": _act("Art. 73(5)", "a first, incomplete report where that is needed", "2026-08-02"),
    "incident-corrected": _act("Art. 73(6)", "investigation, risk assessment, corrective action", "2026-08-02"),
    "complaint": _act("Art. 85", "anybody may complain to a market surveillance authority", "2026-08-02"),
    "explanation": _act("Art. 86", "explanation of an individual decision based on a high-risk system", "2026-08-02"),
    "profiling": _gdpr("Art. 4(4)", "what profiling is"),
    "rights": _gdpr("Art. 15 to 21", "access, rectification, erasure, restriction, portability, objection"),
    "access": _gdpr("Art. 15(1)(h)", "meaningful information about the logic"),
    "automated": _gdpr("Art. 22", "no decision by automation alone"),
    "human": _gdpr("Art. 22(3)", "a human, the own view, and to contest the decision"),
    "breach": _gdpr("Art. 33(1)", "personal data breaches are notified within 72 hours", timedelta(hours=72)),
    "breach-processor": _gdpr("Art. 33(2)", "the controllers are told"),
    "breach-content": _gdpr("Art. 33(3)", "what a notification says"),
    "breach-people": _gdpr("Art. 34", "people at high risk are told"),
    "authority": _gdpr("Art. 77", "anybody may complain to a data protection authority"),
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
    "bias-audit": Provision(
        "New York City, Local Law 144 of 2021; 6 RCNY § 5-300",
        "scoring rates and impact ratios of automated employment decision tools",
        "2023-07-05",
        "6 RCNY § 5-300",
        "applies",
        "blog.dciconsult.com/updated-rules-local-law-144, read on 2026-11-30",
    ),
    "four-fifths": Provision(
        "29 CFR § 1607.4 D",
        "a rate below four fifths of the highest is held to show adverse impact",
        "1978",
        "29 CFR (7-1-08 edition), p. 212",
        "applies",
    ),
    "two-deviations": Provision(
        "Castaneda v. Partida, note 17",
        "a difference beyond two or three standard deviations is hardly chance",
        "1977-03-23",
        "430 U.S. 482",
        "decided",
        "the literature on adverse impact; the judgment was not read",
    ),
}


def cited(*names: str) -> str:
    """The rows of these names within a sentence."""
    return "; ".join(LEGAL[name].cited() for name in names)


def article(name: str) -> str:
    """Where a row stands, for a heading: `AI Act Art. 13`."""
    return LEGAL[name].article


def legal_table() -> str:
    """The whole table as Markdown."""
    rows = ((one.article, one.what, one.date, one.reference, one.shown_status) for one in LEGAL.values())
    told = table(("Article", "What", "From", "Reference", "Status"), rows)
    sources = sorted({one.told_by for one in LEGAL.values() if one.told_by})
    return (
        f"{told}\nRead through on {AS_OF}. An unconfirmed row was not read in what its reference names, but in: "
        f"{'; '.join(sources)}. Do not rest a deadline on it."
    )
