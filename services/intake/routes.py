"""The public interface of intake, `/v1`."""

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from infra.http.at_once import AtOnce
from infra.http.body import body_of, expect
from infra.http.operation import Answer, Parameter, json_of, operation
from infra.http.problems import Problem
from schemas.access_token import TokenAnswer, TokenRefused, TokenRequest
from schemas.answers import CORE_INCOME
from schemas.assessment import Assessment, HandedIn, StreamLine
from schemas.points import rounded
from schemas.purposes import is_sandbox
from schemas.result import Detail
from schemas.submission import EmployeeHandIn, PersonHandIn
from services.intake.advice.answers import ADVICE
from services.intake.advice.series import MOST, beside
from services.intake.contract import IDEMPOTENCY_KEY, NOBODY, PERSON, READER, STREAM_KEY, WAIT, WRITER
from services.intake.handing_in import stream as streaming
from services.intake.handing_in.acceptance import Acceptance, Taken
from services.intake.handing_in.idempotency import Events, IdempotencyKeys, checked, demanded
from services.intake.organisations.access_tokens import AccessTokens, UnknownScope
from services.intake.organisations.callers import Caller, Callers
from services.intake.organisations.register import Organisations
from services.intake.results.loop import Arrivals
from services.intake.results.reading import Reading
from services.intake.store import Row

LONGEST_WAIT_SECONDS = 30.0
STREAMS_AT_ONCE = 8
"""Of one organisation."""
_NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
_LOCATION = Parameter("Location", "Where the assessment is read.", {"type": "string"}, required=True)
_LINES = {
    "type": "string",
    "description": "NDJSON: one EmployeeHandIn a line, at most 65,536 bytes each, in UTF-8; may be in gzip or zstd.",
    "contentMediaType": "application/json",
}


class Routes:
    """Handlers over the parts of intake."""

    def __init__(
        self,
        *,
        callers: Callers,
        keys: IdempotencyKeys,
        acceptance: Acceptance,
        reading: Reading,
        arrivals: Arrivals,
        organisations: Organisations,
        tokens: AccessTokens,
    ) -> None:
        self._callers = callers
        self._idempotency_keys = keys
        self._acceptance = acceptance
        self._reading = reading
        self._arrivals = arrivals
        self._organisations = organisations
        self._tokens = tokens
        self._streams = AtOnce(STREAMS_AT_ONCE)

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get("/.well-known/jwks.json", self.keys),
            web.post("/v1/oauth/token", self.token),
            web.post("/v1/assessments", self.hand_in),
            web.post("/v1/assessments/stream", self.stream),
            web.get("/v1/assessments/{id:[0-9a-f]{32}}", self.assessment),
            web.get("/v1/assessments/{id:[0-9a-f]{32}}/explanation", self.explanation),
            web.post("/v1/assessments/{id:[0-9a-f]{32}}/corrections", self.correct),
        ]

    @operation(
        name="issue_token",
        takes={"application/x-www-form-urlencoded": TokenRequest},
        answers={200: json_of(TokenAnswer), 400: json_of(TokenRefused), 401: json_of(TokenRefused)},
        problems=(413, 415, 429),
    )
    async def token(self, request: web.Request) -> web.Response:
        """An access token for an organisation's client credentials (RFC 6749, 4.4)."""
        expect(request, "application/x-www-form-urlencoded")
        try:
            form = await request.post()
        except (ValueError, LookupError):
            return _refused(400, "invalid_request", "The form is not in UTF-8.")
        if "grant_type" not in form:
            return _refused(400, "invalid_request", "grant_type is missing; it is client_credentials.")
        if form["grant_type"] != "client_credentials":
            return _refused(400, "unsupported_grant_type", "grant_type is client_credentials.")
        credentials = _credentials(request, form)
        if credentials is None or not await self._organisations.authenticated(*credentials):
            return _refused(401, "invalid_client", "The client id or its secret is wrong.")
        self._callers.proved(request, credentials[0])
        try:
            granted = self._tokens.issue(credentials[0], str(form.get("scope", "")))
        except UnknownScope as error:
            return _refused(400, "invalid_scope", str(error))
        return web.json_response(granted, headers={"Cache-Control": "no-store"})

    @operation(name="token_keys", answers={200: json_of({"type": "object"}, "A JWK Set (RFC 7517).")})
    async def keys(self, _: web.Request) -> web.Response:
        """The keys that access tokens are signed with: the present one, and the one before it."""
        return web.json_response(self._tokens.published(), headers={"Cache-Control": "public, max-age=300"})

    @operation(
        proofs=(NOBODY, PERSON, WRITER),
        query=(WAIT,),
        headers=(IDEMPOTENCY_KEY,),
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
        headers=(IDEMPOTENCY_KEY,),
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
        row = await self._reading.row(caller, request.match_info["id"])
        if row.superseded_by is not None:
            place = f"/v1/assessments/{row.superseded_by}"
            raise Problem(409, "superseded", "Corrected before", f"Correct what took its place: {place}.")
        return await self._taken(request, caller, row)

    async def _taken(self, request: web.Request, caller: Caller, corrects: Row | None = None) -> web.Response:
        expect(request, "application/json")
        self._acceptance.admission.open()
        wait = _wait(request)
        events = await self._events(request, caller)
        raw = await body_of(request)
        (answer,) = await self._acceptance.take(caller, events, [(1, raw)], corrects=corrects)
        if isinstance(answer, Problem):
            raise answer
        if wait and answer.state == "accepted":
            await self._arrivals.wait(answer.id, wait, lambda: self._reading.has_ended(answer.id))
        return await self._answered(caller, answer, waited=wait > 0)

    @operation(
        name="stream_assessments",
        proofs=(WRITER,),
        headers=(STREAM_KEY,),
        takes=dict.fromkeys(_NDJSON, _LINES),
        answers={200: Answer({"application/x-ndjson": StreamLine}, "One StreamLine for each line, in order.")},
        problems=(400, 401, 403, 415, 429, 503),
    )
    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Assessments line by line."""
        caller = self._callers.organisation(request)
        expect(request, *_NDJSON)
        self._acceptance.admission.open()
        key = demanded(request.headers.get("Idempotency-Key"), caller.tenant)
        with self._streams.one(caller.tenant):
            events = await self._idempotency_keys.events(caller.tenant, key)
            return await streaming.stream(request, caller, events, self._acceptance)

    @operation(
        proofs=(PERSON, READER),
        answers={200: json_of(Assessment)},
        problems=(401, 403, 404, 410, 429, 503),
    )
    async def assessment(self, request: web.Request) -> web.Response:
        """Status, and the result when there is one."""
        caller = self._callers.caller(request)
        row = await self._reading.row(caller, request.match_info["id"])
        return web.json_response(await self._document(caller, row), headers={"Cache-Control": "no-store"})

    @operation(
        proofs=(PERSON, READER),
        answers={200: json_of(Detail)},
        problems=(401, 403, 404, 409, 410, 429, 503),
    )
    async def explanation(self, request: web.Request) -> web.Response:
        """The reasons, down to the items."""
        caller = self._callers.caller(request)
        row = await self._reading.row(caller, request.match_info["id"])
        if row.state != "scored":
            raise Problem(409, "not-scored", "There is no explanation", f"The assessment is {row.state}.")
        async with self._reading.view(caller, "reasons", [row]) as view:
            detail = await view.detail(row)
        return web.json_response(detail, headers={"Cache-Control": "no-store"})

    async def _events(self, request: web.Request, caller: Caller) -> Events:
        return await self._idempotency_keys.events(
            caller.tenant, checked(request.headers.get("Idempotency-Key"), caller.tenant)
        )

    async def _answered(self, caller: Caller, answer: Taken, *, waited: bool) -> web.Response:
        place = f"/v1/assessments/{answer.id}"
        headers = {"Location": place, "Cache-Control": "no-store"}
        known = Caller(caller.tenant, answer.claim_code or caller.claim_code)
        document: dict[str, object] = {"id": answer.id, "status": answer.state}
        status = 202
        if waited or answer.state != "accepted":
            try:
                row = await self._reading.row(known, answer.id)
                document = await self._document(known, row)
                status = 202 if row.state == "accepted" else 200
            except Problem as problem:
                # The hand-in is accepted, and only here is the claim code told; what cannot be read is said beside.
                document["problem"] = problem.document()
        if answer.claim_code is not None:
            document["claim_code"] = answer.claim_code
        document["links"] = _links(caller, place)
        return web.json_response(document, status=status, headers=headers)

    async def _document(self, caller: Caller, row: Row) -> dict[str, object]:
        document: dict[str, object] = {"id": row.id, "status": row.state}
        if is_sandbox(row.tenant):
            document["test"] = True
        if row.state == "scored" and caller.is_person:
            document |= await self._own(caller, row)
        elif row.state == "scored":
            async with self._reading.view(caller, "result", [row]) as view:
                document["result"] = await view.result(row)
        if row.reason is not None:
            document["reason"] = row.reason
        replaced = {"supersedes": row.supersedes, "superseded_by": row.superseded_by}
        return document | {name: other for name, other in replaced.items() if other is not None}

    async def _own(self, caller: Caller, row: Row) -> dict[str, object]:
        """What its person is told of a result beyond what an organisation gets: with income, and the earlier ones."""
        newest = await self._reading.own(caller, MOST)
        rows = [one for one in newest[::-1] if one.state == "scored" and one.id != row.id]
        async with self._reading.view(caller, "result", [row, *rows]) as view:
            told: dict[str, object] = {"result": await view.result(row)}
            if row.trail is not None:
                told |= with_income(await view.trail(row))
            if rows:
                details = {one.id: await view.detail(one) for one in (*rows, row)}
                told["earlier"] = beside(row.id, details)
        return told


def _links(caller: Caller, place: str) -> dict[str, str]:
    """Where more is found; advice and the series are the person's alone."""
    links = {"self": place, "explanation": f"{place}/explanation"}
    if caller.is_person:
        links |= {name: f"{place}/{name}" for name, advice in ADVICE.items() if advice.unasked}
        links |= {"trail": f"{place}/trail", "series": "/v1/assessments"}
    return links


def with_income(trail: Mapping[str, Any]) -> dict[str, object]:
    """The score of `core+income`, where income was asked: told to its person beside that of `core`."""
    told = {one["profile"]: one for one in trail["explanations"]}
    if CORE_INCOME not in told:
        return {}
    found = told[CORE_INCOME]
    score, band = found["score"], found["band"]
    points = {
        "low": rounded(score["low"]),
        "high": rounded(score["high"]),
        "band_low": rounded(band["low"]),
        "band_high": rounded(band["high"]),
    }
    names = ("profile", "score", "band", "detectable_change")
    dimensions = [{name: one[name] for name in ("id", "weight", "value")} for one in found["dimensions"]]
    return {"with_income": {name: found[name] for name in names} | {"points": points, "dimensions": dimensions}}


def _wait(request: web.Request) -> float:
    given = request.query.get("wait")
    if given is None:
        return 0.0
    if re.fullmatch("[0-9]{1,2}", given) is None or int(given) > LONGEST_WAIT_SECONDS:
        raise Problem(
            400, "wait", "Malformed wait", f"wait is a whole number of seconds, 0 to {LONGEST_WAIT_SECONDS:.0f}."
        )
    return float(given)


def _refused(status: int, error: str, description: str) -> web.Response:
    """Why there is no token (RFC 6749, 5.2)."""
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="careerpulse"'
    body = {"error": error, "error_description": description}
    return web.json_response(body, status=status, headers=headers)


def _credentials(request: web.Request, form: Mapping[str, object]) -> tuple[str, str] | None:
    """Client id and secret, from HTTP Basic or from the form (RFC 6749, 2.3.1); None where they are malformed."""
    header = request.headers.get("Authorization", "")
    if header.lower().startswith("basic "):
        try:
            decoded = base64.b64decode(header[6:], validate=True).decode()
        except ValueError:
            return None
        client_id, _, client_secret = decoded.partition(":")
        return client_id, client_secret
    return str(form.get("client_id", "")), str(form.get("client_secret", ""))
