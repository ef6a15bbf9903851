"""The list of sub-processors (GDPR Art. 28(2), (4)): whose services the settings name, and who hosts. Pure."""

from infra.documents.page import FILL_IN, page, table
from services.consent.paperwork.state import PrivacyState

_ELSEWHERE = (
    "intake and audit fetch public keys of token issuers (`TOKEN_ISSUERS`) and send checkpoints to witnesses "
    "(`AUDIT_WITNESSES`): neither is personal data. Webhooks go to the controllers' own addresses."
)


def sub_processors(state: PrivacyState, moment: str) -> str:
    """The list; whoever hosts the machines is for the operator to name."""
    return page(
        f"Sub-processors of {state.operator.name}",
        moment,
        ("By the settings of consent", named(state)),
        ("Called by the others", _ELSEWHERE[0].upper() + _ELSEWHERE[1:]),
        ("Brought by the operation", f"Hosting, backups, support: {FILL_IN}, or none."),
    )


def named(state: PrivacyState) -> str:
    """The table of those that the settings name."""
    rows = [(one.who, one.purpose, one.where, one.sees) for one in state.outside]
    none = ("none", "the settings name no service outside the operator's own networks", "–", "–")
    return table(("Who", "For what", "Where", "Sees"), rows or [none])
