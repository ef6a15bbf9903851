"""The notices as each controller's people read them, as files. Pure."""

from schemas.privacy_notice import notices_for
from services.consent.controllers.controller import Party, Roles
from services.consent.paperwork.state import PrivacyState, TenantState
from services.consent.privacy_notices import LANGUAGES, Filled, notice


def told_notices(state: PrivacyState) -> dict[str, str]:
    """Each notice in each language for each tenant whom it concerns, by file name."""
    return {
        f"notice-{one.tenant}-{name}.{language}.md": notice(name, language, _filled(state, one))
        for one in state.tenants
        for name in notices_for(individuals=one.controller is None)
        for language in LANGUAGES
    }


def _filled(state: PrivacyState, one: TenantState) -> Filled:
    if one.controller is None:
        return Filled(state.operator, one.kept_days)
    roles = Roles(Party(one.controller, one.contact), state.operator, one.agreement)
    return Filled(state.operator, one.kept_days, roles, one.legal_basis, one.transfers)
