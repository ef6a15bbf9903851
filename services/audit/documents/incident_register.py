"""The register of incidents with their clocks (AI Act Art. 73, GDPR Art. 33). Pure."""

from datetime import datetime

from infra.clock import written
from infra.documents.page import page, table
from services.audit.documents.clocks import ARTICLES, IN_WORDS, MEANINGS, report_by
from services.audit.documents.grounds import Grounds
from services.audit.documents.legal_table import cited


def incident_register(found: Grounds, moment: str) -> str:
    """Every incident that the log has, each with the latest end of every clock."""
    return page(
        "Serious incidents, aligned with AI Act Art. 73",
        moment,
        ("What it answers to", f"{cited('incidents', 'breach')}."),
        ("The clocks", _clocks()),
        ("Recorded incidents", _register(found)),
        ("Leaves that this rests on", found.rest_on("incident", "incident-reported")),
        source=found.source(),
    )


def _clocks() -> str:
    rows = ((MEANINGS[kind], words, ARTICLES[kind]) for kind, words in IN_WORDS.items())
    return (
        f"{table(('What', 'Reported within', 'By'), rows)}\nEach counts from awareness, of the provider or the "
        "deployer. A first, incomplete report is allowed where it is needed to be in time (Art. 73(5)). "
        "`careerpulse audit incident` records one and drafts its report."
    )


def _register(found: Grounds) -> str:
    if not found.incidents:
        return "None was recorded."
    rows = (
        (str(index), time, *(written(report_by(kind, datetime.fromisoformat(time))) for kind in IN_WORDS))
        for index, time in found.incidents
    )
    head = ("Leaf", "Recorded", *(f"{words} end at the latest" for words in IN_WORDS.values()))
    return (
        f"{table(head, rows)}\nCounted from the recording, which awareness never follows: the draft of each report "
        "has its own clock. What happened is sealed beside the log."
    )
