"""`POST /v1/assessments/import`: takes the file of a portability request, from here or elsewhere (GDPR Art. 20).

Each hand-in of the file is taken as if it were handed in by itself, all under one claim code: that of the caller, or
the one that the first of them is given. The same answers give the same results.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import orjson
from aiohttp import web

from infra.http.body import expect, in_time
from infra.http.operation import JSON, json_of, operation
from infra.http.problems import Problem, invalid
from schemas.decoding import Decoder
from schemas.faults import Fault, Faulty
from schemas.portability import Imported, Portable
from schemas.purposes import INDIVIDUALS
from services.intake.advice.guidance import personal
from services.intake.contract import NOBODY, PERSON, PERSONS_KEY
from services.intake.handing_in.acceptance import Acceptance, Taken
from services.intake.handing_in.idempotency import IdempotencyKeys, checked
from services.intake.organisations.callers import Caller, Callers

FILE_BYTES = 8 * 1024 * 1024
FILE_SECONDS = 120.0
_FILE: Decoder[Any] = Decoder(Portable)


class Imports:
    """The handler. `receipts` is where a person finds the receipts of what they consented to."""

    def __init__(self, callers: Callers, keys: IdempotencyKeys, acceptance: Acceptance, receipts: str) -> None:
        self._callers = callers
        self._keys = keys
        self._acceptance = acceptance
        self._links = {"series": "/v1/assessments", "consent_receipts": receipts}

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.post("/v1/assessments/import", self.take)]

    @operation(
        name="import_assessments",
        proofs=(NOBODY, PERSON),
        headers=(PERSONS_KEY,),
        takes={JSON: Portable},
        answers={202: json_of(Imported)},
        problems=(400, 401, 403, 408, 413, 415, 422, 503),
    )
    async def take(self, request: web.Request) -> web.Response:
        """Hand in a whole file → 202 with one answer for each hand-in, in its order."""
        caller = personal(self._callers.caller(request))
        expect(request, "application/json")
        self._acceptance.admission.open()
        hand_ins = await _hand_ins(request)
        key = checked(request.headers.get("Idempotency-Key"), caller.tenant)
        events = await self._keys.events(caller.tenant, key, caller.claim_code)
        answers: list[dict[str, object]] = []
        for number, hand_in in enumerate(hand_ins, 1):
            (answer,) = await self._acceptance.take(caller, events, [(number, msgspec.json.encode(hand_in))])
            answers.append(_told(number, answer))
            if isinstance(answer, Taken):
                caller = Caller(INDIVIDUALS, caller.claim_code or answer.claim_code)
        links = {} if caller.claim_code is None else self._links
        document = {"assessments": answers, "claim_code": caller.claim_code, "links": links}
        return web.Response(
            body=orjson.dumps(document),
            status=202,
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )


async def _hand_ins(request: web.Request) -> list[Any]:
    """The hand-ins of the file. Raises Problem: 413, or 422 naming every fault of the form."""
    try:
        raw = await in_time(request.clone(client_max_size=FILE_BYTES).read(), FILE_SECONDS)
    except web.HTTPRequestEntityTooLarge:
        raise Problem(413, "too-large", "File too large", f"A file has at most {FILE_BYTES} bytes.") from None
    try:
        hand_ins: list[Any] = _FILE.decode(raw).hand_ins
    except Faulty as faulty:
        raise invalid(faulty.faults) from None
    if not hand_ins:
        where = "The file holds no hand-in; a draft is gone on with by its claim code, on the pages."
        raise invalid([Fault("/hand_ins", where)])
    return hand_ins


def _told(number: int, answer: Taken | Problem) -> dict[str, object]:
    if isinstance(answer, Problem):
        return {"hand_in": number, "status": answer.status, "problem": answer.document()}
    place = f"/v1/assessments/{answer.id}"
    return {"hand_in": number, "status": 202, "id": answer.id, "links": {"self": place}}
