"""The clocks of incidents: within which time of awareness each is reported. Pure; the law's own table sets them."""

from datetime import datetime, timedelta

from schemas.incident import IncidentKind
from services.audit.documents.legal_table import LEGAL, Provision

ROWS: dict[IncidentKind, str] = {
    "serious": "incident-serious",
    "death": "incident-death",
    "widespread": "incident-widespread",
    "breach": "breach",
}
"""Which row of the law sets each clock."""
MEANINGS: dict[IncidentKind, str] = {
    "serious": "serious harm to health, property or the environment, or an infringement of fundamental rights",
    "death": "somebody has died",
    "widespread": "a widespread infringement, or a disruption of critical infrastructure",
    "breach": "personal data were lost, changed, or seen by somebody who may not",
}


def law_of(kind: IncidentKind) -> Provision:
    """The row of the law that sets the clock."""
    return LEGAL[ROWS[kind]]


def within(kind: IncidentKind) -> timedelta:
    """How long the clock runs. Raises ValueError for a row that sets none."""
    found = law_of(kind).within
    if found is None:
        raise ValueError(f"the row {ROWS[kind]} of the law sets no clock")
    return found


def in_words(kind: IncidentKind) -> str:
    """`15 days`, or `72 hours` where the law counts in hours."""
    time = within(kind)
    return f"{time // timedelta(hours=1)} hours" if "hours" in law_of(kind).what else f"{time.days} days"


def report_by(kind: IncidentKind, aware_at: datetime) -> datetime:
    """The last moment of the report, counted from awareness."""
    return aware_at + within(kind)
