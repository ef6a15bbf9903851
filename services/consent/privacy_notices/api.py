"""The versioned notices over HTTP: anybody may read what a person was, or is to be, told."""

from collections.abc import Sequence

from aiohttp import web

from infra.http.languages import ACCEPT_LANGUAGE, spoken_in
from infra.http.operation import TEXT, Answer, Parameter, json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import not_found
from schemas.consent import NoticesListed
from services.consent.documents import answer
from services.consent.privacy_notices import LANGUAGES, NAMES, NoNotice
from services.consent.privacy_notices.texts import NoticeTexts

_QUERY = (
    Parameter(
        "lang",
        "Its language; without it the one of theirs that `Accept-Language` wants most, else English.",
        {"type": "string", "enum": list(LANGUAGES)},
    ),
    Parameter("organisation", "Whose terms are filled in, by its id.", {"type": "string"}),
)


class PrivacyNoticesApi:
    """The handlers."""

    def __init__(self, texts: NoticeTexts) -> None:
        self._texts = texts

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/v1/notices", self.list_notices), web.get("/v1/notices/{name}", self.show_notice)]

    @operation(answers={200: json_of(NoticesListed)})
    async def list_notices(self, _: web.Request) -> web.Response:
        """The names with their versions, and the languages."""
        links = {name: f"/v1/notices/{name}" for name in NAMES}
        return answer({"notices": list(NAMES), "languages": list(LANGUAGES), "links": links})

    @operation(
        query=_QUERY, headers=(ACCEPT_LANGUAGE,), answers={200: Answer({"text/markdown": TEXT})}, problems=(404, 422)
    )
    async def show_notice(self, request: web.Request) -> web.Response:
        """One notice in Markdown, with the terms of `organisation` filled in where one is named."""
        asked = Parameters(request, "lang", "organisation")
        spoken = spoken_in(request, asked, LANGUAGES)
        organisation = asked.one("organisation")
        asked.settle()
        try:
            text = await self._texts.text(request.match_info["name"], spoken.language, organisation)
        except NoNotice as error:
            raise not_found("notice") from error
        return web.Response(text=text, content_type="text/markdown", charset="utf-8", headers=spoken.headers)
