"""The terms of processing on behalf of a controller (GDPR Art. 28(3)), one document for each organisation. Pure."""

from infra.documents.page import FILL_IN, page, party
from services.consent.consents.processing import ARTICLES
from services.consent.paperwork.data_flow import measures
from services.consent.paperwork.on_behalf import categories, described
from services.consent.paperwork.state import PrivacyState, TenantState
from services.consent.paperwork.sub_processors import by_consent, by_the_others


def processing_terms(state: PrivacyState, one: TenantState, moment: str) -> str:
    """The terms between the operator and one organisation, (a) to (h) as Art. 28(3) lists them."""
    return page(
        f"Terms of processing between {one.controller} and {state.operator.name}",
        moment,
        ("Parties", _parties(state, one)),
        ("Subject, duration, nature and purpose", _subject(one)),
        ("(a) Instructions", _instructions(one)),
        ("(b) Confidentiality", f"Persons who may open data are bound to secrecy: {FILL_IN}."),
        ("(c) Security (Art. 32)", measures(state)),
        ("(d) Sub-processors", _others(state)),
        ("(e) Assistance with rights", _assistance()),
        ("(f) Assistance with Art. 32 to 36", _breaches()),
        ("(g) Deletion or return at the end", _end(state)),
        ("(h) Information and audits", "The log is verified from outside with `careerpulse audit verify`."),
    )


def _parties(state: PrivacyState, one: TenantState) -> str:
    return (
        f"Controller: {party(one.controller or '', one.contact)}.\n\n"
        f"Processor: {party(state.operator.name, state.operator.contact)}."
    )


def _subject(one: TenantState) -> str:
    basis = ARTICLES[one.legal_basis] if one.legal_basis else FILL_IN
    agreement = f" ({one.agreement})" if one.agreement else ""
    return (
        "The processor computes from employees' answers how future-proof occupations and skills are, and delivers "
        f"the result. The controller's basis: {basis}{agreement}; its notice: {one.notice}. Data subjects: its "
        f"employees. Processing: {described(one)}. Categories of data: {categories()}. Storage: "
        f"{one.kept_days['assessments']} days after the last hand-in. Duration: {FILL_IN}."
    )


def _instructions(one: TenantState) -> str:
    standing = ", ".join(one.instructs) or "none"
    research = "instructed" if one.research else "not instructed, and therefore off"
    return (
        "Data are processed on documented instructions only. Requests that are carried out by standing instruction: "
        f"{standing}; every other one waits for the controller's word. Research: {research}."
    )


def _others(state: PrivacyState) -> str:
    return (
        f"By the settings of consent:\n\n{by_consent(state)}\n"
        f"By the settings of intake and audit:\n\n{by_the_others()}\n"
        "Another one needs the controller's authorisation beforehand."
    )


def _assistance() -> str:
    return (
        "A request of an employee that reaches the processor lies ready for the controller at once "
        "(`GET /v1/employees/requests`), is to be handed over within 24 hours, and is carried out on its word."
    )


def _breaches() -> str:
    return (
        "The processor tells the controller of a breach without undue delay (Art. 33(2)), with the keys and the "
        "number of people affected (`careerpulse privacy breach`)."
    )


def _gone(state: PrivacyState) -> str:
    if state.keys_gone_days is None:
        return "once the root key is rotated and its window has passed"
    return f"{state.keys_gone_days} days later at the latest"


def _end(state: PrivacyState) -> str:
    return (
        "Until the end the controller takes back its results, and what else is its own (`careerpulse client "
        "export`); at the end every key of its people is destroyed "
        f"(`careerpulse org end`), and what backups still hold of them opens nothing {_gone(state)}."
    )
