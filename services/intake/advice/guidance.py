"""Advice for the person only: computed when it is asked for, from the sealed answers, and kept nowhere.

`GET` gives what can be said without a question, `POST` takes one as its body: goals are personal, and an address
ends up in places that a body does not. `?lang=` or `Accept-Language` is the language of the words, which is not.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import orjson
from aiohttp import web

from infra.http.body import body_of, expect
from infra.http.languages import ACCEPT_LANGUAGE, spoken_in
from infra.http.operation import JSON, Handler, json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import Problem, invalid
from schemas.faults import Faulty
from schemas.lookup import Advised
from services.intake.advice.answers import ADVICE, Advice
from services.intake.assessments.rows import Row
from services.intake.contract import LANGUAGE, PERSON
from services.intake.organisations.callers import Caller, Callers
from services.intake.results.reading import Reading
from services.methodology.version import UnknownVersion, Version, load

_ASSESSMENT = "/v1/assessments/{id:[0-9a-f]{32}}"


class Guidance:
    """The handlers."""

    def __init__(self, callers: Callers, reading: Reading) -> None:
        self._callers = callers
        self._reading = reading

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        unasked = [
            web.get(f"{_ASSESSMENT}/{name}", self._unasked(name, one)) for name, one in ADVICE.items() if one.unasked
        ]
        asked = [
            web.post(f"{_ASSESSMENT}/{name}", self._asked(name, one)) for name, one in ADVICE.items() if one.question
        ]
        return [*unasked, *asked]

    def _unasked(self, name: str, advice: Advice) -> Any:
        @_declared(name, advice)
        async def handler(request: web.Request) -> web.Response:
            return await self._given(request, advice, {})

        return handler

    def _asked(self, name: str, advice: Advice) -> Any:
        @_declared(f"ask_{name}", advice, asks=True)
        async def handler(request: web.Request) -> web.Response:
            personal(self._callers.caller(request))
            expect(request, "application/json")
            return await self._given(request, advice, question(advice, await body_of(request)))

        return handler

    async def _given(self, request: web.Request, advice: Advice, asked: dict[str, Any]) -> web.Response:
        caller = personal(self._callers.caller(request))
        parameters = Parameters(request, "lang")
        row = await self._scored(caller, request.match_info["id"])
        async with self._reading.view(caller, request.path.rpartition("/")[2], [row]) as view:
            version = _version((await view.result(row))["methodology"]["version"])
            spoken = spoken_in(request, parameters, version.languages)
            parameters.settle()
            answers = await view.answers(row)
            try:
                # A few milliseconds of arithmetic, beside the loop that takes the streams.
                given = await asyncio.to_thread(advice.give, version, answers, asked, spoken.language)
            except Faulty as faulty:
                raise invalid(faulty.faults) from None
        headers = {"Cache-Control": "no-store", **spoken.headers}
        return web.Response(body=orjson.dumps(given), content_type="application/json", headers=headers)

    async def _scored(self, caller: Caller, assessment: str) -> Row:
        """The assessment, which has a score. Raises Problem (409) where it has none."""
        row = await self._reading.row(caller, assessment)
        if row.state != "scored":
            raise Problem(409, "not-scored", "There is no advice", f"The assessment is {row.state}.")
        return row


def _version(name: str) -> Version:
    """The version that a result names. Raises Problem (409) where this software does not hold it."""
    try:
        return load(name)
    except UnknownVersion as error:
        raise Problem(409, "unknown-version", "There is no advice", str(error)) from None


def _declared(name: str, advice: Advice, *, asks: bool = False) -> Callable[[Handler], Handler]:
    asked = advice.question.schema if asks and advice.question else None
    return operation(
        name=name.replace("-", "_"),
        about=(advice.give.__doc__ or "").partition(" Raises ")[0],
        proofs=(PERSON,),
        query=(LANGUAGE,),
        headers=(ACCEPT_LANGUAGE,),
        takes={JSON: asked} if asked else {},
        answers={200: json_of(Advised)},
        problems=(401, 403, 404, 409, 410, 422, 429, 503, *((400, 413, 415) if asked else ())),
    )


def personal(caller: Caller) -> Caller:
    """The caller, who is a person. Raises Problem (403) for an organisation, whatever it asks about."""
    if not caller.is_person:
        raise Problem(
            403,
            "persons-only",
            "For the person only",
            "An organisation gets each result by its id, and nothing that is told to the person alone.",
        )
    return caller


def question(advice: Advice, raw: bytes) -> dict[str, Any]:
    """The question in a body. Raises Problem (422) naming every fault."""
    if advice.question is None:
        return {}
    try:
        asked: dict[str, Any] = msgspec.to_builtins(advice.question.decode(raw))
    except Faulty as faulty:
        raise invalid(faulty.faults) from None
    return asked
