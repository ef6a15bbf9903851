"""The clocks of AI Act Art. 73: within how many days of awareness a serious incident is reported. Pure."""

from datetime import datetime, timedelta

from schemas.incident import IncidentKind

WITHIN_DAYS: dict[IncidentKind, int] = {"serious": 15, "death": 10, "widespread": 2}
PARAGRAPHS: dict[IncidentKind, str] = {"serious": "Art. 73(2)", "death": "Art. 73(4)", "widespread": "Art. 73(3)"}
MEANINGS: dict[IncidentKind, str] = {
    "serious": "serious harm to health, property or the environment, or an infringement of fundamental rights",
    "death": "somebody has died",
    "widespread": "a widespread infringement, or a disruption of critical infrastructure",
}


def report_by(kind: IncidentKind, aware_at: datetime) -> datetime:
    """The last moment of the report, counted from awareness."""
    return aware_at + timedelta(days=WITHIN_DAYS[kind])
