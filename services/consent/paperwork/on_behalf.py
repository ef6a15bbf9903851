"""What is processed on behalf of an organisation: which purposes, by its registration, and which data. Pure."""

from schemas.purposes import PURPOSES, Purpose
from services.consent.consents.processing import CATEGORIES, PROCESSING
from services.consent.ledger import REGISTERED
from services.consent.paperwork.state import TenantState
from services.consent.purpose_table import RULES

_OF_INDIVIDUALS: frozenset[Purpose] = frozenset({"draft"})
"""What nobody does as an employee."""


def purposes_of(one: TenantState) -> tuple[Purpose, ...]:
    """Every purpose that the purpose table may grant for its people: by its registration, by a choice or a right of
    their own, or on its instruction.
    """
    return tuple(purpose for purpose in PURPOSES if purpose not in _OF_INDIVIDUALS and _may_be(purpose, one))


def described(one: TenantState) -> str:
    """The same with what each is for."""
    return "; ".join(f"{purpose} ({PROCESSING[purpose].told})" for purpose in purposes_of(one))


def categories() -> str:
    """Every category of data that is held of an employee."""
    return "; ".join(f"{one.name} ({one.told})" for one in CATEGORIES.values())


def _may_be(purpose: Purpose, one: TenantState) -> bool:
    rule = RULES[purpose]
    if rule.on_instruction and not one.research:
        return False
    return one.legal_basis in rule.bases or not REGISTERED.intersection(rule.governed_by)
