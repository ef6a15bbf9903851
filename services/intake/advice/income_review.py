"""`POST /v1/income:review`: how an income holds over twelve months. It is part of no score and kept nowhere."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import orjson
from aiohttp import web

from infra.http.body import body_of, expect
from infra.http.languages import ACCEPT_LANGUAGE, Spoken, spoken_in
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
        try:
            document = msgspec.to_builtins(_INCOME.decode(await body_of(request)))
            told = await asyncio.to_thread(self._version.income, document, spoken.language)
        except Faulty as faulty:
            raise invalid(faulty.faults) from None
        except Refused as refused:
            raise invalid([fault_of(finding, "") for finding in refused.findings]) from None
        if request.headers.get("Accept") == _CALENDAR:
            return _answer(told["calendar"].encode(), _CALENDAR, spoken)
        return _answer(orjson.dumps(told), "application/json", spoken)


def _answer(body: bytes, content_type: str, spoken: Spoken) -> web.Response:
    return web.Response(body=body, content_type=content_type, headers={"Cache-Control": "no-store", **spoken.headers})
