"""The list of sub-processors (GDPR Art. 28(2), (4)): whose services the settings name, and who hosts. Pure.

Consent knows its own settings. What those of intake and audit may name is listed with what would be seen there, and
is for the operator, who set them, to fill in.
"""

from infra.documents.page import FILL_IN, page, table
from schemas.stores import STORES
from services.consent.paperwork.state import PrivacyState

_HOLDS = {store.service: store.holds for store in STORES}
_NAMED_ELSEWHERE = (
    (
        "`DATABASE_URL` of intake",
        "keeps intake's database, where it is not on the operator's own networks",
        _HOLDS["intake"],
    ),
    (
        "`DATABASE_URL` of audit",
        "keeps audit's database, where it is not on the operator's own networks",
        _HOLDS["audit"],
    ),
    (
        "`AUDIT_LOG_DIR` of audit",
        "keeps the log of decisions, where it lies in a bucket (`s3://…`)",
        "the entries of the log, which name nobody",
    ),
)
_NO_PERSONAL_DATA = (
    "Intake and audit fetch public keys of token issuers (`TOKEN_ISSUERS`), and audit sends checkpoints to witnesses "
    "(`AUDIT_WITNESSES`): neither is personal data. Webhooks go to the controllers' own addresses."
)


def sub_processors(state: PrivacyState, moment: str) -> str:
    """The list; whoever hosts the machines is for the operator to name."""
    return page(
        f"Sub-processors of {state.operator.name}",
        moment,
        ("By the settings of consent", by_consent(state)),
        ("By the settings of intake and audit", by_the_others()),
        ("Called without personal data", _NO_PERSONAL_DATA),
        ("Brought by the operation", f"Hosting, backups, support: {FILL_IN}, or none."),
    )


def by_consent(state: PrivacyState) -> str:
    """The table of those that consent's own settings name, the broker that all share among them."""
    rows = [(one.who, one.purpose, one.where, one.sees) for one in state.outside]
    none = ("none", "the settings name no service outside the operator's own networks", "–", "–")
    return table(("Who", "For what", "Where", "Sees"), rows or [none])


def by_the_others() -> str:
    """The table of those that the settings of intake and audit may name."""
    rows = ((setting, f"{FILL_IN}, or none", why, sees) for setting, why, sees in _NAMED_ELSEWHERE)
    return table(("Setting", "Who, and where", "For what", "Sees"), rows)
