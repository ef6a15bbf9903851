"""`POST /v1/audit/entries/0/{index}/trail`: one decision opened for an auditor, with all that proves it."""

from collections.abc import Sequence
from typing import Any

import msgspec
import orjson
from aiohttp import web

from infra.crypto.salted_fields import SaltedField
from infra.http.body import body_of, expect
from infra.http.operation import JSON, json_of, operation
from infra.http.problems import Problem, invalid, not_found
from schemas.decoding import Decoder
from schemas.evidence import OpenedTrail, OpenTrail
from schemas.faults import Faulty
from services.audit.acts import By
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.entries_api import entry_of, proof_of
from services.audit.openings import Closed, Openings
from services.audit.tlog.appender import Appender

_ASKED: Decoder[Any] = Decoder(OpenTrail)


class TrailsApi:
    """The route."""

    def __init__(self, appender: Appender, auditors: Auditors, openings: Openings) -> None:
        self._appender = appender
        self._auditors = auditors
        self._openings = openings

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.post("/v1/audit/entries/0/{index:[0-9]{1,15}}/trail", self._open)]

    @operation(
        name="open_trail",
        about="One decision opened, with all that proves it.",
        proofs=(AUDITOR,),
        takes={JSON: OpenTrail},
        answers={200: json_of(OpenedTrail)},
        problems=(401, 403, 404, 413, 415, 422, 503),
    )
    async def _open(self, request: web.Request) -> web.Response:
        officer = await self._auditors.officer(request)
        asked = await asked_for(request, _ASKED)
        return await trail_response(request, self._appender, self._openings, number=0, asked=asked, by=officer.by)


async def trail_response(
    request: web.Request, log: Appender, openings: Openings, *, number: int, asked: dict[str, Any], by: By
) -> web.Response:
    """The decision that the address names in the log of this number, opened, with all that proves it.

    Raises Problem (403, 404, 503).
    """
    index, entry = await entry_of(log, request)
    proof = await proof_of(log, index)
    found = await openings.open({index: entry}, asked["purpose"], asked.get("key", "review"), by, log=number)
    opened = found.get(index)
    if opened is None:
        raise not_found("trail")
    if isinstance(opened, Closed):
        raise stays_sealed("trail", opened)
    document = {
        "log": number,
        "index": index,
        "entry": orjson.loads(entry),
        "event": opened.event_id,
        "fields": [shown(field) for field in opened.fields],
        "trail": opened.trail,
        "proof": proof.decode(),
    }
    return web.Response(
        body=orjson.dumps(document), content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def stays_sealed(what: str, closed: Closed) -> Problem:
    """What is answered where no key was released, or what is kept does not open (403)."""
    return Problem(403, "closed", f"The {what} stays sealed", f"The reason is: {closed.reason}.")


def shown(field: SaltedField) -> dict[str, str]:
    """A salted field as it is disclosed: its value is text, whose UTF-8 the leaf binds."""
    return {"name": field.name, "salt": field.salt.hex(), "value": field.value.decode()}


async def asked_for(request: web.Request, decoder: Decoder[Any]) -> dict[str, Any]:
    """The body as a document. Raises Problem (413, 415, 422)."""
    expect(request, "application/json")
    try:
        asked: dict[str, Any] = msgspec.to_builtins(decoder.decode(await body_of(request)))
    except Faulty as faulty:
        raise invalid(faulty.faults) from None
    return asked
