"""The clocks of incidents: within which time of awareness each is reported. Pure.

AI Act Art. 73 gives a serious incident 15, 10 or 2 days; GDPR Art. 33(1) gives a personal data breach 72 hours.
"""

from datetime import datetime, timedelta

from schemas.incident import IncidentKind

WITHIN: dict[IncidentKind, timedelta] = {
    "serious": timedelta(days=15),
    "death": timedelta(days=10),
    "widespread": timedelta(days=2),
    "breach": timedelta(hours=72),
}
IN_WORDS: dict[IncidentKind, str] = {
    "serious": "15 days",
    "death": "10 days",
    "widespread": "2 days",
    "breach": "72 hours",
}
ARTICLES: dict[IncidentKind, str] = {
    "serious": "AI Act Art. 73(2)",
    "death": "AI Act Art. 73(4)",
    "widespread": "AI Act Art. 73(3)",
    "breach": "GDPR Art. 33(1)",
}
MEANINGS: dict[IncidentKind, str] = {
    "serious": "serious harm to health, property or the environment, or an infringement of fundamental rights",
    "death": "somebody has died",
    "widespread": "a widespread infringement, or a disruption of critical infrastructure",
    "breach": "personal data were lost, changed, or seen by somebody who may not",
}


def report_by(kind: IncidentKind, aware_at: datetime) -> datetime:
    """The last moment of the report, counted from awareness."""
    return aware_at + WITHIN[kind]
