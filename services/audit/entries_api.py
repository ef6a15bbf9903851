"""The entries of log 0 as an auditor reads them: a list by index, one entry, and the proof that it is in the log."""

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson
from aiohttp import web

from infra.http.operation import TEXT, Answer, Parameter, json_of, operation
from infra.http.problems import invalid, not_found, unavailable
from schemas.faults import Fault
from schemas.log import LogPage, PlacedEntry
from services.audit.acts import Act, Acts
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.tlog.appender import Appender
from services.audit.tlog.listing import DEFAULT_LIMIT, MOST, Query, page_of, shown
from services.audit.tlog.proof import prove

_BIGGEST = 2**53
_SHORTEST_PURPOSE, _LONGEST_PURPOSE = 3, 300
_WITNESSING_SECONDS = 3.0
"""How long it then waits for cosignatures; where they do not come, the log's own checkpoint must do."""
_SIGNING_SECONDS = 5.0
"""How long a proof of a new entry waits for its checkpoint, which is signed within a second of the append."""


_INDEX = {"type": "integer", "minimum": 0, "maximum": _BIGGEST}
PAGE_PARAMETERS = (
    Parameter("limit", "How many.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}),
    Parameter("from", "Upwards from this index.", _INDEX),
    Parameter("before", "Downwards from below this index; not together with `from`.", _INDEX),
    Parameter("type", "Only entries of this type.", {"type": "string"}),
)

PURPOSE = Parameter(
    "Purpose",
    "Why the auditor looks, without a name; it is kept sealed, with the entry that this leaves.",
    {"type": "string", "minLength": _SHORTEST_PURPOSE, "maxLength": _LONGEST_PURPOSE},
    required=True,
)


class EntriesApi:
    """The routes under `/v1/audit/entries`."""

    def __init__(self, appender: Appender, auditors: Auditors, acts: Acts) -> None:
        self._appender = appender
        self._auditors = auditors
        self._acts = acts

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get("/v1/audit/entries", self._list),
            web.get("/v1/audit/entries/0/{index:[0-9]{1,15}}", self._entry),
            web.get("/v1/audit/entries/0/{index:[0-9]{1,15}}/proof", self._proof),
        ]

    @operation(
        name="list_entries",
        about="Entries by index, upwards or downwards; `next` names the parameter that goes on.",
        proofs=(AUDITOR,),
        query=PAGE_PARAMETERS,
        headers=(PURPOSE,),
        answers={200: json_of(LogPage)},
        problems=(401, 422),
    )
    async def _list(self, request: web.Request) -> web.Response:
        by = await self._auditors.reader(request)
        query = parse_query(request)
        fields = (("purpose", stated(request)), ("query", request.query_string))
        page = await asyncio.to_thread(page_of, self._appender.reader(), query)
        await self._acts.record(Act("search", fields, by=by))
        return json_response(page)

    @operation(about="One entry.", proofs=(AUDITOR,), answers={200: json_of(PlacedEntry)}, problems=(401, 404))
    async def _entry(self, request: web.Request) -> web.Response:
        await self._auditors.reader(request)
        return json_response(shown(0, *await entry_of(self._appender, request)))

    @operation(
        about="That an entry is in the log: a C2SP tlog-proof.",
        proofs=(AUDITOR,),
        answers={200: Answer({"text/plain": TEXT})},
        problems=(401, 404, 503),
    )
    async def _proof(self, request: web.Request) -> web.Response:
        await self._auditors.reader(request)
        return await proof_response(self._appender, request)


async def entry_of(appender: Appender, request: web.Request) -> tuple[int, bytes]:
    """The index that the address names, and the entry. Raises Problem (404)."""
    index = int(request.match_info["index"])
    try:
        return index, await asyncio.to_thread(appender.reader().entry, index)
    except FileNotFoundError:
        raise not_found("entry") from None


async def proof_response(appender: Appender, request: web.Request) -> web.Response:
    """The proof of the entry that the address names. Raises Problem (404, 503)."""
    index, _ = await entry_of(appender, request)
    proof = await proof_of(appender, index)
    return web.Response(body=proof, headers={"Content-Type": "text/plain; charset=utf-8"})


def stated(request: web.Request) -> str:
    """The purpose that the auditor states in the header `Purpose`. Raises Problem (422)."""
    purpose = request.headers.get(PURPOSE.name, "").strip()
    if not _SHORTEST_PURPOSE <= len(purpose) <= _LONGEST_PURPOSE or not purpose.isprintable():
        what = f"the header Purpose says in {_SHORTEST_PURPOSE} to {_LONGEST_PURPOSE} characters why you look"
        raise invalid([Fault("", what)])
    return purpose


async def proof_of(appender: Appender, index: int) -> bytes:
    """The proof of an entry that the log has, once a checkpoint covers it. Raises Problem (503)."""
    try:
        async with asyncio.timeout(_SIGNING_SECONDS):
            checkpoint = await appender.covering(index, _WITNESSING_SECONDS)
    except TimeoutError:
        raise unavailable("The log") from None
    log = appender.reader()
    return await asyncio.to_thread(lambda: prove(log.nodes(), index, checkpoint).encode())


def parse_query(request: web.Request) -> Query:
    """What a request for a list asks. Raises Problem (422) naming every parameter that does not fit."""
    faults = [
        Fault(f"/{name}", "no such parameter; known are limit, from, before, type")
        for name in request.query
        if name not in ("limit", "from", "before", "type")
    ]
    limit = _number(request, "limit", 1, MOST, faults)
    start = _number(request, "from", 0, _BIGGEST, faults)
    below = _number(request, "before", 0, _BIGGEST, faults)
    if start is not None and below is not None:
        faults.append(Fault("/before", "either `from` (upwards) or `before` (downwards), not both"))
    if faults:
        raise invalid(faults)
    return Query(DEFAULT_LIMIT if limit is None else limit, start, below, request.query.get("type"))


def _number(request: web.Request, name: str, least: int, most: int, faults: list[Fault]) -> int | None:
    text = request.query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 16 or not least <= int(text) <= most:
        faults.append(Fault(f"/{name}", f"a whole number from {least} to {most}"))
        return None
    return int(text)


def json_response(document: dict[str, Any]) -> web.Response:
    """The document as JSON."""
    return web.Response(body=orjson.dumps(document), content_type="application/json")
