"""`GET /v1/assessments/{id}/letter`: the written explanation of a result, for the person whose it is.

It is made of the sealed answers when it is asked for, and kept nowhere; where an organisation handed them in, and no
copy is kept here, of the sealed reasons. Where the installed version does not give the recorded result for these
answers, no letter is written: it would explain another decision.
"""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from infra.documents.pdf import NoPdf, pdf
from infra.http.languages import ACCEPT_LANGUAGE, spoken_in
from infra.http.operation import TEXT, Answer, Parameter, operation
from infra.http.parameters import Parameters
from infra.http.problems import Problem, unavailable
from schemas.purposes import INDIVIDUALS
from services.intake.advice.guidance import personal
from services.intake.assessments.rows import Row
from services.intake.contract import LANGUAGE, PERSON
from services.intake.organisations.callers import Callers
from services.intake.results.reading import Reading, View
from services.methodology.letter import LANGUAGES, letter, letter_of_reasons
from services.methodology.version import UnknownVersion, load

FORMATS = ("html", "pdf")
_PRIVATE = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
_QUERY = (
    LANGUAGE,
    Parameter("format", "How it is written.", {"type": "string", "enum": list(FORMATS), "default": "html"}),
)


class Letters:
    """The handler."""

    def __init__(self, callers: Callers, reading: Reading) -> None:
        self._callers = callers
        self._reading = reading

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/v1/assessments/{id:[0-9a-f]{32}}/letter", self.letter)]

    @operation(
        proofs=(PERSON,),
        query=_QUERY,
        headers=(ACCEPT_LANGUAGE,),
        answers={200: Answer({"text/html": TEXT, "application/pdf": {"type": "string", "format": "binary"}})},
        problems=(401, 403, 404, 409, 410, 422, 429, 503),
    )
    async def letter(self, request: web.Request) -> web.Response:
        """The written explanation in plain words (AI Act Art. 86, GDPR Art. 15(1)(h)), as HTML or as tagged PDF."""
        caller = personal(self._callers.caller(request))
        asked = Parameters(request, "lang", "format")
        spoken, form = spoken_in(request, asked, LANGUAGES), asked.choice("format", FORMATS, "html")
        asked.settle()
        row = await self._reading.row(caller, request.match_info["id"])
        if row.state != "scored":
            raise Problem(409, "not-scored", "There is no letter", f"The assessment is {row.state}.")
        async with self._reading.view(caller, "letter", [row]) as view:
            html = await _written(view, row, spoken.language)
            try:
                body = await asyncio.to_thread(pdf, html) if form == "pdf" else html.encode()
            except NoPdf:
                raise unavailable("What draws PDF (ask for format=html)") from None
        kind = "application/pdf" if form == "pdf" else "text/html"
        return web.Response(
            body=body,
            content_type=kind,
            charset=None if form == "pdf" else "utf-8",
            headers={**_PRIVATE, **spoken.headers},
        )


async def _written(view: View, row: Row, language: str) -> str:
    """The letter in HTML. Raises Problem (409) where it would explain another decision."""
    result = await view.result(row)
    try:
        version = load(result["methodology"]["version"])
    except UnknownVersion as error:
        raise Problem(409, "no-version", "There is no letter", str(error)) from None
    if row.hand_in is None and row.tenant != INDIVIDUALS:
        return letter_of_reasons(version, await view.detail(row), row.id, language)
    answers = await view.answers(row)
    if version.score(answers).result() != result:
        raise Problem(409, "not-reproduced", "There is no letter", "The version gives another result by now.")
    return letter(version, answers, row.id, language)
