"""The plan of post-market monitoring (AI Act Art. 72), with what the log has shown so far. Pure."""

from infra.documents.page import FILL_IN, page, table
from services.audit.documents.grounds import Grounds
from services.audit.documents.legal_table import article, cited

_WATCHED = (
    ("results that were refused or set aside", "`refused`, `dead-lettered`", "each week"),
    (
        "whether scores or answers drift, among those who consented to statistics",
        "`drift`; `GET /v1/audit/drift`",
        "each hour",
    ),
    ("whether groups score alike, among those who told theirs", "`GET /v1/audit/fairness`", "each month"),
    ("reviews, and how many overrule", "`reviewed`; `GET /v1/audit/reviews?state=decided`", "each month"),
    ("corrections by the people concerned", "`superseded`", "each month"),
    ("who was shown results", "`viewed`, `delivered`", "each month"),
    ("witnesses that fail or contradict", "`witness-changed`", "at once"),
    ("serious incidents", "`incident`; serious-incidents.md", "at once"),
)


def monitoring_plan(found: Grounds, moment: str) -> str:
    """The plan and the figures."""
    watched = table(("What is watched", "By which entries", "How often"), _WATCHED)
    return page(
        f"Post-market monitoring, aligned with {article('monitoring')}",
        moment,
        ("What it answers to", f"{cited('monitoring', 'monitoring-template')}."),
        ("The plan", f"{watched}\nWho looks, and who acts on it: {FILL_IN}."),
        ("What the log shows", _shown(found)),
        ("What deployers and people report", f"{FILL_IN}."),
        source=found.source(),
    )


def _shown(found: Grounds) -> str:
    ends = ("received", "scored", "refused", "dead-lettered")
    return found.rest_on(
        *ends, "superseded", "reviewed", "oversight-note", "override", "witness-changed", "drift", "incident"
    )
