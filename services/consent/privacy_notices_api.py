"""The versioned notices over HTTP: anybody may read what a person was, or is to be, told."""

from collections.abc import Sequence

from aiohttp import web

from infra.db.engine import Database
from infra.http.operation import TEXT, Answer, Parameter, json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import not_found
from schemas.consent import NoticesListed
from schemas.purposes import INDIVIDUALS
from services.consent.consent_records import roles_of
from services.consent.controller import Party
from services.consent.documents import answer
from services.consent.privacy_notices import LANGUAGES, NAMES, Filled, NoNotice, notice
from services.consent.retention import kept_days
from services.consent.tenants import Registration, Tenants, UnknownTenant

_QUERY = (
    Parameter("lang", "Its language.", {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]}),
    Parameter("organisation", "Whose terms are filled in, by its id.", {"type": "string"}),
)


class PrivacyNoticesApi:
    """The handlers."""

    def __init__(self, database: Database, tenants: Tenants, operator: Party) -> None:
        self._database = database
        self._tenants = tenants
        self._operator = operator

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/v1/notices", self.list_notices), web.get("/v1/notices/{name}", self.show_notice)]

    @operation(answers={200: json_of(NoticesListed)})
    async def list_notices(self, _: web.Request) -> web.Response:
        """The names with their versions, and the languages."""
        links = {name: f"/v1/notices/{name}" for name in NAMES}
        return answer({"notices": list(NAMES), "languages": list(LANGUAGES), "links": links})

    @operation(query=_QUERY, answers={200: Answer({"text/markdown": TEXT})}, problems=(404, 422))
    async def show_notice(self, request: web.Request) -> web.Response:
        """One notice in Markdown, in `lang`, with the terms of `organisation` filled in where one is named."""
        asked = Parameters(request, "lang", "organisation")
        language = asked.choice("lang", LANGUAGES, LANGUAGES[0])
        organisation = asked.one("organisation")
        asked.settle()
        try:
            text = notice(request.match_info["name"], language, await self._filled(organisation))
        except NoNotice as error:
            raise not_found("notice") from error
        headers = {"Content-Language": language}
        return web.Response(text=text, content_type="text/markdown", charset="utf-8", headers=headers)

    async def _filled(self, organisation: str | None) -> Filled:
        terms = self._terms(organisation)
        tenant = organisation if terms is not None and organisation else INDIVIDUALS
        async with self._database.read() as connection:
            days = await kept_days(connection, tenant, "assessments")
        if terms is None:
            return Filled(self._operator, days)
        return Filled(self._operator, days, roles_of(terms, self._operator), terms.basis)

    def _terms(self, organisation: str | None) -> Registration | None:
        try:
            return self._tenants.find(organisation or INDIVIDUALS).registration
        except UnknownTenant:
            return None
