"""`POST /v1/income:review`: how an income holds over twelve months. It is part of no score and kept nowhere."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import orjson
from aiohttp import hdrs, web

from infra.http.body import body_of, expect
from infra.http.languages import ACCEPT_LANGUAGE, Spoken, spoken_in
from infra.http.media import preferred
from infra.http.operation import JSON, TEXT, Answer, operation
from infra.http.parameters import Parameters
from infra.http.problems import invalid
from schemas.decoding import Decoder
from schemas.faults import Faulty
from schemas.income import Income
from schemas.lookup import IncomeReviewed
from services.intake.contract import LANGUAGE
from services.intake.handing_in.hand_in import fault_of
from services.methodology.finding import Refused
from services.methodology.version import Version

_INCOME: Decoder[Any] = Decoder(Income)
_CALENDAR = "text/calendar"
_FORMS = ("application/json", _CALENDAR)


class IncomeReview:
    """The handler."""

    def __init__(self, version: Version) -> None:
        self._version = version

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.post("/v1/income:review", self.review)]

    @operation(
        name="review_income",
        query=(LANGUAGE,),
        headers=(ACCEPT_LANGUAGE,),
        takes={JSON: Income},
        answers={200: Answer({JSON: IncomeReviewed, _CALENDAR: TEXT})},
        problems=(400, 413, 415, 422, 429),
    )
    async def review(self, request: web.Request) -> web.Response:
        """Cover, stress cases, what helps, a target portfolio; with `Accept: text/calendar` the reminders.

        The document is `schemas.income.Income`, the calendar as in RFC 5545. Nobody has to say whose it is.
        """
        expect(request, "application/json")
        asked = Parameters(request, "lang")
        spoken = spoken_in(request, asked, self._version.languages)
        asked.settle()
        raw = await body_of(request)
        try:
            told = await asyncio.to_thread(reviewed, self._version, raw, spoken.language)
        except Faulty as faulty:
            raise invalid(faulty.faults) from None
        form = preferred(",".join(request.headers.getall(hdrs.ACCEPT, [])), _FORMS)
        body = told["calendar"].encode() if form == _CALENDAR else orjson.dumps(told)
        return _answer(body, form, spoken)


def reviewed(version: Version, document: bytes, language: str) -> dict[str, Any]:
    """The review of an income of the form `schemas.income.Income`, as JSON; whoever shows one calls this.

    Nothing is kept. Raises Faulty with everything to put right.
    """
    try:
        return version.income(msgspec.to_builtins(_INCOME.decode(document)), language)
    except Refused as refused:
        raise Faulty([fault_of(finding, "") for finding in refused.findings]) from None


def _answer(body: bytes, content_type: str, spoken: Spoken) -> web.Response:
    varies = ", ".join(filter(None, (hdrs.ACCEPT, spoken.headers.get(hdrs.VARY))))
    headers = {hdrs.CACHE_CONTROL: "no-store", **spoken.headers, hdrs.VARY: varies}
    return web.Response(body=body, content_type=content_type, headers=headers)
