"""The record of processing activities (GDPR Art. 30): (1) as controller for individuals, (2) as processor. Pure."""

from infra.documents.page import FILL_IN, page, party, table
from schemas.purposes import PURPOSES, Purpose
from services.consent.consents.processing import ARTICLES, CATEGORIES, PROCESSING
from services.consent.paperwork.data_flow import kept_rows, measures
from services.consent.paperwork.on_behalf import purposes_of
from services.consent.paperwork.state import PrivacyState
from services.consent.purpose_table import RULES


def record_of_processing(state: PrivacyState, moment: str) -> str:
    """Both records in one document."""
    return page(
        "Record of processing activities",
        moment,
        ("As controller, for individuals (Art. 30(1))", _as_controller(state)),
        ("As processor, for organisations (Art. 30(2))", _as_processor(state)),
        (
            "Transfers to third countries (both)",
            _transfers(state),
        ),
        ("Erasure and storage times (Art. 30(1)(f))", table(("Whose", "Kept", "From"), kept_rows(state))),
        ("Security (Art. 30(1)(g), 32(1))", measures(state)),
    )


def _as_controller(state: PrivacyState) -> str:
    rows = (
        (
            purpose,
            PROCESSING[purpose].told,
            ", ".join(_articles(purpose)) if RULES[purpose].governed_by else "a right",
            ", ".join(CATEGORIES[domain].name for domain in RULES[purpose].grant.domains),
            ", ".join(PROCESSING[purpose].recipients),
        )
        for purpose in PURPOSES
    )
    operator = party(state.operator.name, state.operator.contact)
    head = ("Purpose", "To", "Legal bases it may rest on", "Categories of data", "Recipients")
    return (
        f"Controller: {operator}. Data protection officer: {FILL_IN}.\n\n"
        f"Data subjects: people who take an assessment by themselves.\n\n{table(head, rows)}"
    )


def _transfers(state: PrivacyState) -> str:
    rows = (
        (one.tenant, each.webhook, each.country or "not declared", each.safeguard or FILL_IN)
        for one in state.tenants
        for each in one.transfers
    )
    told = table(("Organisation", "Webhook", "Country", "Safeguard (Art. 45, 46)"), rows)
    return (
        f"None by the software itself. Webhooks of organisations that are not declared to stay in the EEA:\n\n{told}"
    )


def _articles(purpose: Purpose) -> list[str]:
    return [ARTICLES[basis] for basis in ARTICLES if basis in RULES[purpose].bases]


def _as_processor(state: PrivacyState) -> str:
    rows = (
        (
            one.tenant,
            party(one.controller or "", one.contact),
            ARTICLES[one.legal_basis] + (f": {one.agreement}" if one.agreement else "") if one.legal_basis else "",
            ", ".join(purposes_of(one)),
            "ended" if one.ended else str(one.people),
        )
        for one in state.tenants
        if one.controller is not None
    )
    operator = party(state.operator.name, state.operator.contact)
    return f"Processor: {operator}.\n\n" + table(
        ("Id", "Controller", "Its basis", "Processing for it", "People"), rows
    )
