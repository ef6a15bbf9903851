"""The draft of one report (AI Act Art. 73, GDPR Art. 33), with its clock and the leaves that it rests on. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from infra.clock import written
from infra.documents.page import FILL_IN, page, table
from schemas.incident import IncidentKind
from services.audit.documents.clocks import ARTICLES, IN_WORDS, MEANINGS, report_by
from services.audit.documents.legal_table import cited


@dataclass(frozen=True, slots=True)
class Incident:
    """What was recorded. `entry_id` is the id of the log's entry of it; `leaves` are those that it concerns."""

    kind: IncidentKind
    aware_at: datetime
    what: str
    entry_id: str
    leaves: Sequence[tuple[int, Mapping[str, object]]] = ()


def incident_report(incident: Incident, moment: str) -> str:
    """The draft; what only people can know is to be filled in."""
    return _breach(incident, moment) if incident.kind == "breach" else _serious(incident, moment)


def _breach(incident: Incident, moment: str) -> str:
    return page(
        "Notification of a personal data breach (draft), aligned with GDPR Art. 33",
        moment,
        ("The clock", _clock(incident.kind, incident.aware_at)),
        ("What it answers to", f"{cited('breach')}."),
        ("What happened (Art. 33(3)(a))", f"{incident.what}\n\nPeople and records affected: {FILL_IN}."),
        ("Contact (b)", FILL_IN),
        ("Likely consequences (c)", FILL_IN),
        ("Measures (d)", FILL_IN),
        (
            "Told to",
            f"Supervisory authority: {FILL_IN}. Controllers (Art. 33(2)): {FILL_IN}. People (Art. 34): {FILL_IN}.",
        ),
        ("Leaves that this rests on", _leaves(incident)),
        source="what was recorded",
    )


def _serious(incident: Incident, moment: str) -> str:
    return page(
        "Report of a serious incident (draft), aligned with AI Act Art. 73",
        moment,
        ("The clock", _clock(incident.kind, incident.aware_at)),
        ("What it answers to", f"{cited('incidents', 'annex-iii', 'annex-iii-amended')}."),
        ("What happened", f"{incident.what}\n\nKind: {MEANINGS[incident.kind]}."),
        ("The system", f"CareerPulse; provider and deployer: {FILL_IN}. See technical-documentation.md."),
        ("Causal link, and how it was found (Art. 73(2))", FILL_IN),
        ("Who is affected, and how", FILL_IN),
        ("Risk assessment and corrective action (Art. 73(6))", FILL_IN),
        ("Told to", f"Market surveillance authority: {FILL_IN}. Deployers: {FILL_IN}."),
        ("Leaves that this rests on", _leaves(incident)),
        source="what was recorded",
    )


def _clock(kind: IncidentKind, aware_at: datetime) -> str:
    told = (
        f"Aware since {written(aware_at)}; to the authority by **{written(report_by(kind, aware_at))}** "
        f"({IN_WORDS[kind]}, {ARTICLES[kind]})"
    )
    at_once = "" if kind == "breach" else ", and at once where the causal link is established or likely"
    return f"{told}{at_once}."


def _leaves(incident: Incident) -> str:
    rows = (
        (str(index), str(one["type"]), str(one["time"]), str(one.get("methodology", "")))
        for index, one in incident.leaves
    )
    told = table(("Leaf", "Type", "Time", "Methodology"), rows) if incident.leaves else "None was named.\n"
    return f"{told}\nThe incident's own entry has the id `{incident.entry_id}`; serious-incidents.md says where."
