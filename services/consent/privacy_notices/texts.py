"""The versioned notices with their places filled in: the operator's terms, or those of an organisation."""

from infra.db.engine import Database
from schemas.purposes import INDIVIDUALS
from services.consent.consents.records import roles_of
from services.consent.controllers.controller import Party
from services.consent.controllers.tenants import Registration, Tenants, UnknownTenant
from services.consent.controllers.transfers import transfers_of
from services.consent.privacy_notices import Filled, notice
from services.consent.retention.terms import all_kept_days


class NoticeTexts:
    """Reads what the places are filled with."""

    def __init__(self, database: Database, tenants: Tenants, operator: Party) -> None:
        self._database = database
        self._tenants = tenants
        self._operator = operator

    async def text(self, name: str, language: str, organisation: str | None = None) -> str:
        """A notice in Markdown, with the terms of an organisation where one is named. Raises NoNotice."""
        return notice(name, language, await self._filled(organisation))

    async def _filled(self, organisation: str | None) -> Filled:
        terms = self._terms(organisation)
        tenant = organisation if terms is not None and organisation else INDIVIDUALS
        async with self._database.read() as connection:
            days = await all_kept_days(connection, tenant)
            found = await transfers_of(connection, tenant)
        if terms is None:
            return Filled(self._operator, days)
        return Filled(self._operator, days, roles_of(terms, self._operator), terms.basis, found)

    def _terms(self, organisation: str | None) -> Registration | None:
        try:
            return self._tenants.find(organisation or INDIVIDUALS).registration
        except UnknownTenant:
            return None
