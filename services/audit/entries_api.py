"""The entries as an auditor reads them: a list by index, one entry, and the proof that it is in the log."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from infra.http.operation import TEXT, Answer, Parameter, json_of, operation
from infra.http.problems import invalid, not_found, unavailable
from schemas.faults import Fault
from schemas.log import LogPage, PlacedEntry
from services.audit import tiles
from services.audit.acts import Act, Acts
from services.audit.appender import Appender
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.proof import prove
from services.audit.stored import StoredLog

DEFAULT_LIMIT = 50
MOST = 200
SCANNED_BUNDLES = 40
"""How far one request looks for a type; where it stops, `next` goes on."""
_BIGGEST = 2**53
_LONGEST_PURPOSE = 300
_WITNESSING_SECONDS = 3.0
"""How long it then waits for cosignatures; where they do not come, the log's own checkpoint must do."""
_SIGNING_SECONDS = 5.0
"""How long a proof of a new entry waits for its checkpoint, which is signed within a second of the append."""


_INDEX = {"type": "integer", "minimum": 0, "maximum": _BIGGEST}
_PARAMETERS = (
    Parameter("limit", "How many.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}),
    Parameter("from", "Upwards from this index.", _INDEX),
    Parameter("before", "Downwards from below this index; not together with `from`.", _INDEX),
    Parameter("type", "Only entries of this type.", {"type": "string"}),
)

_PURPOSE = Parameter(
    "Purpose", "Why the auditor looks; it is kept sealed.", {"type": "string", "maxLength": _LONGEST_PURPOSE}
)


@dataclass(frozen=True, slots=True)
class Query:
    """Upwards from `start`, or downwards from below `below` (None: from the newest)."""

    limit: int = DEFAULT_LIMIT
    start: int | None = None
    below: int | None = None
    kind: str | None = None


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
        query=_PARAMETERS,
        headers=(_PURPOSE,),
        answers={200: json_of(LogPage)},
        problems=(401, 422),
    )
    async def _list(self, request: web.Request) -> web.Response:
        self._auditors.demand(request)
        query = parse_query(request)
        page = await asyncio.to_thread(page_of, self._appender.reader(), query)
        await self._acts.record(Act("search", (("purpose", stated(request)), ("query", request.query_string))))
        return _json(page)

    @operation(about="One entry.", proofs=(AUDITOR,), answers={200: json_of(PlacedEntry)}, problems=(401, 404))
    async def _entry(self, request: web.Request) -> web.Response:
        self._auditors.demand(request)
        index = int(request.match_info["index"])
        return _json(_shown(index, await self._read(index)))

    @operation(
        about="That an entry is in the log: a C2SP tlog-proof.",
        proofs=(AUDITOR,),
        answers={200: Answer({"text/plain": TEXT})},
        problems=(401, 404, 503),
    )
    async def _proof(self, request: web.Request) -> web.Response:
        self._auditors.demand(request)
        index = int(request.match_info["index"])
        await self._read(index)
        proof = await proof_of(self._appender, index)
        return web.Response(body=proof, headers={"Content-Type": "text/plain; charset=utf-8"})

    async def _read(self, index: int) -> bytes:
        try:
            return await asyncio.to_thread(self._appender.reader().entry, index)
        except FileNotFoundError:
            raise not_found("entry") from None


def stated(request: web.Request) -> str:
    """The purpose that the auditor states in the header `Purpose`, or nothing. Raises Problem (422)."""
    purpose = request.headers.get("Purpose", "")
    if len(purpose) > _LONGEST_PURPOSE:
        raise invalid([Fault("", f"the header Purpose has at most {_LONGEST_PURPOSE} characters")])
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


def page_of(log: StoredLog, query: Query) -> dict[str, Any]:
    """The entries of one page, and under `next` the parameter that goes on, null at the end."""
    upwards = query.start is not None
    size = log.state.size
    at = min(query.start or 0, size) if upwards else min(size if query.below is None else query.below, size)
    found: list[dict[str, Any]] = []
    for _ in range(SCANNED_BUNDLES):
        if len(found) >= query.limit or not (at < size if upwards else at > 0):
            break
        at = _take(log, query, at, found)
    more = at < size if upwards else at > 0
    return {"entries": found, "size": size, "next": {"from" if upwards else "before": at} if more else None}


def _take(log: StoredLog, query: Query, at: int, found: list[dict[str, Any]]) -> int:
    """Take what fits out of one bundle, from `at` on; gives where to go on."""
    upwards = query.start is not None
    bundle = (at if upwards else at - 1) // tiles.WIDTH
    first, width = bundle * tiles.WIDTH, tiles.width_at(log.state.size, 0, bundle)
    entries = tiles.unpack(log.bundle(bundle, width), width)
    indices = range(at, first + width) if upwards else range(at - 1, first - 1, -1)
    for index in indices:
        if len(found) >= query.limit:
            return index if upwards else index + 1
        shown = _shown(index, entries[index - first])
        if query.kind is None or shown["entry"]["type"] == query.kind:
            found.append(shown)
    return first + width if upwards else first


def _number(request: web.Request, name: str, least: int, most: int, faults: list[Fault]) -> int | None:
    text = request.query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 16 or not least <= int(text) <= most:
        faults.append(Fault(f"/{name}", f"a whole number from {least} to {most}"))
        return None
    return int(text)


def _shown(index: int, entry: bytes) -> dict[str, Any]:
    return {"log": 0, "index": index, "entry": orjson.loads(entry)}


def _json(document: dict[str, Any]) -> web.Response:
    return web.Response(body=orjson.dumps(document), content_type="application/json")
