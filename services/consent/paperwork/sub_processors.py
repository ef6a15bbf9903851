"""The list of sub-processors (GDPR Art. 28(2), (4)): the software itself brings none. Pure."""

from infra.documents.page import FILL_IN, page, table
from services.consent.paperwork.state import PrivacyState


def sub_processors(state: PrivacyState, moment: str) -> str:
    """The list; whoever hosts the machines is for the operator to name."""
    rows = [("none", "the software calls nobody else's service", "–")]
    return page(
        f"Sub-processors of {state.operator.name}",
        moment,
        ("Brought by the software", table(("Who", "For what", "Where"), rows)),
        ("Brought by the operation", f"Hosting, backups, support: {FILL_IN}, or none."),
    )
