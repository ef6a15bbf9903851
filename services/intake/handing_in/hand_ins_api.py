"""`POST /v1/assessments`, one by one or as a stream, and corrections."""

import re
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial

from aiohttp import web

from infra.http.at_once import AtOnce
from infra.http.body import body_of, expect
from infra.http.codings import decoded
from infra.http.languages import ACCEPT_LANGUAGE, preferred
from infra.http.operation import Answer, Parameter, json_of, operation
from infra.http.problems import Problem
from schemas.assessment import HandedIn, StreamLine
from schemas.submission import EmployeeHandIn, PersonHandIn
from services.intake.advice.answers import ADVICE
from services.intake.assessments.rows import Row
from services.intake.contract import EITHERS_KEY, NOBODY, PERSON, STREAM_KEY, WAIT, WRITER
from services.intake.handing_in.acceptance import Acceptance, Taken
from services.intake.handing_in.idempotency import Events, IdempotencyKeys, checked, demanded
from services.intake.handing_in.lines import CHUNK_LINES, chunks
from services.intake.handing_in.stream import NDJSON, allowed, stream
from services.intake.handing_in.suggestions import suggested
from services.intake.organisations.callers import Caller, Callers
from services.intake.results.documents import Documents
from services.intake.results.loop import Arrivals
from services.intake.results.reading import Reading

LONGEST_WAIT_SECONDS = 30.0
STREAMS_AT_ONCE, WAITS_AT_ONCE = 8, 64
"""Of one organisation."""
_NDJSON = (NDJSON, "application/ndjson", "application/jsonl")
_LOCATION = Parameter("Location", "Where the assessment is read.", {"type": "string"}, required=True)
_LINES = {
    "type": "string",
    "description": "NDJSON: one EmployeeHandIn a line, at most 65,536 bytes each, in UTF-8; may be in gzip or zstd.",
    "contentMediaType": "application/json",
}


class HandIns:
    """The handlers. `receipts` is where a person finds the receipts of what they consented to."""

    def __init__(
        self,
        *,
        callers: Callers,
        keys: IdempotencyKeys,
        acceptance: Acceptance,
        reading: Reading,
        arrivals: Arrivals,
        receipts: str,
    ) -> None:
        self._callers = callers
        self._idempotency_keys = keys
        self._acceptance = acceptance
        self._reading = reading
        self._documents = Documents(reading)
        self._arrivals = arrivals
        self._receipts = receipts
        self._streams = AtOnce(STREAMS_AT_ONCE, "streams")
        self._waits = AtOnce(WAITS_AT_ONCE, "waits")

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.post("/v1/assessments", self.hand_in),
            web.post("/v1/assessments/stream", self.stream),
            web.post("/v1/assessments/{id:[0-9a-f]{32}}/corrections", self.correct),
        ]

    @operation(
        proofs=(NOBODY, PERSON, WRITER),
        query=(WAIT,),
        headers=(EITHERS_KEY, ACCEPT_LANGUAGE),
        takes={"application/json": (PersonHandIn, EmployeeHandIn)},
        answers={
            200: json_of(HandedIn, "It had ended, or ended while you waited.", (_LOCATION,)),
            202: json_of(HandedIn, "It is accepted.", (_LOCATION,)),
        },
        problems=(400, 401, 403, 408, 409, 410, 413, 415, 422, 429, 503),
    )
    async def hand_in(self, request: web.Request) -> web.Response:
        """One assessment: 202 with its place, or after `?wait=SECONDS` 200 with its result."""
        return await self._taken(request, self._callers.caller(request))

    @operation(
        name="correct_assessment",
        proofs=(PERSON, WRITER),
        query=(WAIT,),
        headers=(EITHERS_KEY, ACCEPT_LANGUAGE),
        takes={"application/json": (PersonHandIn, EmployeeHandIn)},
        answers={
            200: json_of(HandedIn, "It had ended, or ended while you waited.", (_LOCATION,)),
            202: json_of(HandedIn, "It is accepted.", (_LOCATION,)),
        },
        problems=(400, 401, 403, 404, 408, 409, 410, 413, 415, 422, 429, 503),
    )
    async def correct(self, request: web.Request) -> web.Response:
        """A corrected hand-in (GDPR Art. 16): answered as any other; once it is scored it supersedes the earlier."""
        caller = self._callers.caller(request)
        row = await self._reading.to_change(caller, request.match_info["id"])
        if row.superseded_by is not None:
            place = f"/v1/assessments/{row.superseded_by}"
            raise Problem(409, "superseded", "Corrected before", f"Correct what took its place: {place}.")
        return await self._taken(request, caller, row)

    async def _taken(self, request: web.Request, caller: Caller, corrects: Row | None = None) -> web.Response:
        expect(request, "application/json")
        self._acceptance.admission.open()
        wait = _wait(request)
        with self._waits.one(request, caller.tenant) if wait and not caller.is_person else nullcontext():
            return await self._given(request, caller, corrects, wait)

    async def _given(self, request: web.Request, caller: Caller, corrects: Row | None, wait: float) -> web.Response:
        events = await self._events(request, caller)
        raw = await body_of(request)
        version = self._acceptance.version
        language = preferred(request, version.languages)
        (answer,) = await self._acceptance.take(
            caller, events, [(1, raw)], corrects=corrects, language=language, in_stream=False
        )
        if isinstance(answer, Problem):
            answer.faults = await suggested(answer.faults, raw, version, language)
            raise answer
        if wait and answer.state == "accepted":
            await self._arrivals.wait(answer.id, wait, lambda: self._reading.has_ended(answer.id))
        return await self._answered(caller, answer, waited=wait > 0)

    @operation(
        name="stream_assessments",
        proofs=(WRITER,),
        headers=(STREAM_KEY,),
        takes=dict.fromkeys(_NDJSON, _LINES),
        answers={200: Answer({NDJSON: StreamLine}, "One StreamLine for each line, in order.")},
        problems=(400, 401, 403, 415, 429, 503),
    )
    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Assessments line by line."""
        caller = self._callers.organisation(request)
        expect(request, *_NDJSON)
        self._acceptance.admission.open()
        key = demanded(request.headers.get("Idempotency-Key"), caller.tenant)
        with self._streams.one(request, caller.tenant):
            events = await self._idempotency_keys.events(caller.tenant, key)
            pieces = allowed(decoded(request.content), partial(self._callers.still, caller.tenant))
            lines = chunks(pieces, partial(self._acceptance.admission.largest, caller.tenant, CHUNK_LINES))
            return await stream(request, lines, partial(self._acceptance.take, caller, events))

    async def _events(self, request: web.Request, caller: Caller) -> Events:
        key = checked(request.headers.get("Idempotency-Key"), caller.tenant)
        return await self._idempotency_keys.events(caller.tenant, key, caller.claim_code)

    async def _answered(self, caller: Caller, answer: Taken, *, waited: bool) -> web.Response:
        place = f"/v1/assessments/{answer.id}"
        headers = {"Location": place, "Cache-Control": "no-store"}
        known = Caller(caller.tenant, answer.claim_code or caller.claim_code)
        document: dict[str, object] = {"id": answer.id, "status": answer.state}
        status = 202
        if waited or answer.state != "accepted":
            try:
                row = await self._reading.row(known, answer.id)
                document = await self._documents.told(known, row)
                status = 202 if row.state == "accepted" else 200
            except Problem as problem:
                # The hand-in is accepted, and only here is the claim code told; what cannot be read is said beside.
                document["problem"] = problem.document()
        if answer.claim_code is not None:
            document["claim_code"] = answer.claim_code
        document["links"] = _links(caller, place, self._receipts)
        return web.json_response(document, status=status, headers=headers)


def _links(caller: Caller, place: str, receipts: str) -> dict[str, str]:
    """Where more is found; advice, the series and the receipts of consents are the person's alone."""
    links = {"self": place, "explanation": f"{place}/explanation"}
    if caller.is_person:
        links |= {name: f"{place}/{name}" for name, advice in ADVICE.items() if advice.unasked}
        links |= {"trail": f"{place}/trail", "series": "/v1/assessments", "consent_receipts": receipts}
    return links


def _wait(request: web.Request) -> float:
    given = request.query.get("wait")
    if given is None:
        return 0.0
    if re.fullmatch("[0-9]{1,2}", given) is None or int(given) > LONGEST_WAIT_SECONDS:
        raise Problem(
            400, "wait", "Malformed wait", f"wait is a whole number of seconds, 0 to {LONGEST_WAIT_SECONDS:.0f}."
        )
    return float(given)
