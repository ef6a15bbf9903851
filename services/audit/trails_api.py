"""`POST /v1/audit/entries/0/{index}/trail`: one decision opened for an auditor, with all that proves it."""

import asyncio
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
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.entries_api import proof_of
from services.audit.openings import Closed, Opened, Openings
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
        index, entry = await entry_of(self._appender, request)
        proof = await proof_of(self._appender, index)
        found = await self._openings.open({index: entry}, asked["purpose"], asked.get("key", "review"), officer.by)
        opened = found.get(index)
        if opened is None:
            raise not_found("trail")
        if isinstance(opened, Closed):
            raise stays_sealed("trail", opened)
        return trail_response(0, index, entry, opened, proof)


def trail_response(log: int, index: int, entry: bytes, opened: Opened, proof: bytes) -> web.Response:
    """A decision that was opened, with what proves it."""
    document = {
        "log": log,
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


async def entry_of(appender: Appender, request: web.Request) -> tuple[int, bytes]:
    """The entry that the address names, and its index. Raises Problem (404)."""
    index = int(request.match_info["index"])
    try:
        return index, await asyncio.to_thread(appender.reader().entry, index)
    except FileNotFoundError:
        raise not_found("entry") from None


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
