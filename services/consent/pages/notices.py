"""The versioned notices as pages, with the terms of the organisation through which a person came."""

from urllib.parse import urlsplit

from aiohttp import web

from infra.http.problems import not_found
from infra.pages.document import document
from infra.pages.site import Site
from infra.pages.visit import Visit
from services.consent.pages.own import NotEntered, Own
from services.consent.privacy_notices import NoNotice
from services.consent.privacy_notices.texts import NoticeTexts
from services.consent.rights.filed import AlreadyErased
from services.consent.rights.profile import Profiles


class NoticePages:
    """The handler."""

    def __init__(self, site: Site, own: Own, profiles: Profiles, texts: NoticeTexts) -> None:
        self._site = site
        self._own = own
        self._profiles = profiles
        self._texts = texts

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [self._site.get("/notices/{name}", self.show)]

    async def show(self, visit: Visit) -> web.Response:
        """One notice."""
        try:
            text = await self._texts.text(
                visit.request.match_info["name"], visit.language, await self._organisation(visit)
            )
        except NoNotice as error:
            raise not_found("notice") from error
        return visit.page("privacy/notice.html", body=document(text, _own_links))

    async def _organisation(self, visit: Visit) -> str | None:
        try:
            return (await self._profiles.of(await self._own.alias(visit))).standing.tenant
        except (NotEntered, AlreadyErased):
            return None


def _own_links(address: str) -> str:
    """Links of a notice lead nowhere but here."""
    return address if not urlsplit(address).netloc else "#"
