"""The draft of one report (AI Act Art. 73, GDPR Art. 33), with its clock and the leaves that it rests on. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from infra.clock import written
from infra.documents.page import FILL_IN, page, table
from schemas.incident import IncidentKind
from services.audit.documents.clocks import MEANINGS, in_words, law_of, report_by
from services.audit.documents.legal_table import article, cited
from services.audit.tlog.at import At


@dataclass(frozen=True, slots=True)
class Incident:
    """What was recorded. `entry_id` is the id of the log's entry of it; `leaves` are those that it concerns."""

    kind: IncidentKind
    aware_at: datetime
    what: str
    entry_id: str
    leaves: Sequence[tuple[At, Mapping[str, object]]] = ()


def incident_report(incident: Incident, moment: str) -> str:
    """The draft; what only people can know is to be filled in."""
    return _breach(incident, moment) if incident.kind == "breach" else _serious(incident, moment)


def _breach(incident: Incident, moment: str) -> str:
    return page(
        f"Notification of a personal data breach (draft), aligned with {article('breach')}",
        moment,
        ("The clock", _clock(incident.kind, incident.aware_at)),
        ("What it answers to", f"{cited('breach')}."),
        (
            f"What happened ({article('breach-content')})",
            f"{incident.what}\n\nPeople and records affected: {FILL_IN}.",
        ),
        ("Contact (b)", FILL_IN),
        ("Likely consequences (c)", FILL_IN),
        ("Measures (d)", FILL_IN),
        (
            "Told to",
            f"Supervisory authority: {FILL_IN}. Controllers ({article('breach-processor')}): {FILL_IN}. "
            f"People ({article('breach-people')}): {FILL_IN}.",
        ),
        ("Leaves that this rests on", _leaves(incident)),
        source="what was recorded",
    )


def _serious(incident: Incident, moment: str) -> str:
    return page(
        f"Report of a serious incident (draft), aligned with {article('incidents')}",
        moment,
        ("The clock", _clock(incident.kind, incident.aware_at)),
        ("What it answers to", f"{cited('incidents', 'annex-iii', 'amendment')}."),
        ("What happened", f"{incident.what}\n\nKind: {MEANINGS[incident.kind]}."),
        ("The system", f"CareerPulse; provider and deployer: {FILL_IN}. See technical-documentation.md."),
        (f"Causal link, and how it was found ({article('incident-serious')})", FILL_IN),
        ("Who is affected, and how", FILL_IN),
        (f"Risk assessment and corrective action ({article('incident-corrected')})", FILL_IN),
        ("Told to", f"Market surveillance authority: {FILL_IN}. Deployers: {FILL_IN}."),
        ("Leaves that this rests on", _leaves(incident)),
        source="what was recorded",
    )


def _clock(kind: IncidentKind, aware_at: datetime) -> str:
    told = (
        f"Aware since {written(aware_at)}; to the authority by **{written(report_by(kind, aware_at))}** "
        f"({in_words(kind)}, {law_of(kind).article})"
    )
    at_once = "" if kind == "breach" else ", and at once where the causal link is established or likely"
    return f"{told}{at_once}."


def _leaves(incident: Incident) -> str:
    rows = (
        (str(at.log), str(at.index), str(one["type"]), str(one["time"]), str(one.get("methodology", "")))
        for at, one in incident.leaves
    )
    told = table(("Log", "Leaf", "Type", "Time", "Methodology"), rows) if incident.leaves else "None was named.\n"
    return f"{told}\nThe incident's own entry has the id `{incident.entry_id}`; serious-incidents.md says where."
