"""The register of incidents with their clocks. Pure."""

from datetime import datetime

from infra.clock import written
from infra.documents.page import page, table
from services.audit.documents.clocks import MEANINGS, in_words, law_of, report_by
from services.audit.documents.grounds import Grounds
from services.audit.documents.legal_table import article, cited


def incident_register(found: Grounds, moment: str) -> str:
    """Every incident that the log has, each with the latest end of every clock."""
    return page(
        f"Serious incidents, aligned with {article('incidents')}",
        moment,
        ("What it answers to", f"{cited('incidents', 'breach')}."),
        ("The clocks", _clocks()),
        ("Recorded incidents", _register(found)),
        ("Leaves that this rests on", found.rest_on("incident", "incident-reported")),
        source=found.source(),
    )


def _clocks() -> str:
    rows = ((meaning, in_words(kind), law_of(kind).article) for kind, meaning in MEANINGS.items())
    return (
        f"{table(('What', 'Reported within', 'By'), rows)}\nEach counts from awareness, of the provider or the "
        "deployer. A first, incomplete report is allowed where it is needed to be in time "
        f"({article('incident-first')}). "
        "`careerpulse audit incident` records one and drafts its report."
    )


def _register(found: Grounds) -> str:
    if not found.incidents:
        return "None was recorded. Where a service has several logs, its incidents are entries of the first one."
    rows = (
        (str(index), time, *(written(report_by(kind, datetime.fromisoformat(time))) for kind in MEANINGS))
        for index, time in found.incidents
    )
    head = ("Leaf", "Recorded", *(f"{in_words(kind)} end at the latest" for kind in MEANINGS))
    return (
        f"{table(head, rows)}\nCounted from the recording, which awareness never follows: the draft of each report "
        "has its own clock. What happened is sealed beside the log."
    )
