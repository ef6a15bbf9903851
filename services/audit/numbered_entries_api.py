"""The entries of any log by its number: what `/v1/audit/entries` gives of log 0."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from infra.http.operation import JSON, TEXT, Answer, json_of, operation
from schemas.decoding import Decoder
from schemas.evidence import NumberedTrail, OpenTrail
from schemas.log import NumberedEntry, NumberedPage
from services.audit.acts import Act, Acts
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.entries_api import (
    PAGE_PARAMETERS,
    PURPOSE,
    entry_of,
    json_response,
    parse_query,
    proof_response,
    stated,
)
from services.audit.openings import Openings
from services.audit.tlog.listing import page_of, shown
from services.audit.tlog.log_files import LOG, log_of
from services.audit.tlog.logs import Logs
from services.audit.trails_api import asked_for, trail_response

_ENTRIES = f"/v1/audit/logs/{LOG}/entries"
_ENTRY = f"{_ENTRIES}/{{index:[0-9]{{1,15}}}}"
_ASKED: Decoder[Any] = Decoder(OpenTrail)


class NumberedEntriesApi:
    """The routes under `/v1/audit/logs`. What officers did stands in log 0 alone, and is opened there."""

    def __init__(self, logs: Logs, auditors: Auditors, acts: Acts, openings: Openings) -> None:
        self._logs = logs
        self._auditors = auditors
        self._acts = acts
        self._openings = openings

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get(_ENTRIES, self._list),
            web.get(_ENTRY, self._entry),
            web.get(f"{_ENTRY}/proof", self._proof),
            web.post(f"{_ENTRY}/trail", self._open),
        ]

    @operation(
        name="list_entries_of_log",
        about="Entries of one log by index, upwards or downwards; `next` names the parameter that goes on.",
        proofs=(AUDITOR,),
        query=PAGE_PARAMETERS,
        headers=(PURPOSE,),
        answers={200: json_of(NumberedPage)},
        problems=(401, 404, 422),
    )
    async def _list(self, request: web.Request) -> web.Response:
        by = await self._auditors.reader(request)
        log, query = log_of(self._logs, request), parse_query(request)
        number = _number(request)
        searched = "&".join(filter(None, (f"log={number}", request.query_string)))
        page = await asyncio.to_thread(page_of, log.reader(), query, number)
        await self._acts.record(Act("search", (("purpose", stated(request)), ("query", searched)), by=by))
        return json_response(page)

    @operation(
        name="entry_of_log",
        about="One entry of one log.",
        proofs=(AUDITOR,),
        answers={200: json_of(NumberedEntry)},
        problems=(401, 404),
    )
    async def _entry(self, request: web.Request) -> web.Response:
        await self._auditors.reader(request)
        return json_response(shown(_number(request), *await entry_of(log_of(self._logs, request), request)))

    @operation(
        name="proof_of_log",
        about="That an entry is in its log: a C2SP tlog-proof.",
        proofs=(AUDITOR,),
        answers={200: Answer({"text/plain": TEXT})},
        problems=(401, 404, 503),
    )
    async def _proof(self, request: web.Request) -> web.Response:
        await self._auditors.reader(request)
        return await proof_response(log_of(self._logs, request), request)

    @operation(
        name="open_trail_of_log",
        about="One decision of one log opened, with all that proves it.",
        proofs=(AUDITOR,),
        takes={JSON: OpenTrail},
        answers={200: json_of(NumberedTrail)},
        problems=(401, 403, 404, 413, 415, 422, 503),
    )
    async def _open(self, request: web.Request) -> web.Response:
        officer = await self._auditors.officer(request)
        asked = await asked_for(request, _ASKED)
        log, number = log_of(self._logs, request), _number(request)
        return await trail_response(request, log, self._openings, number=number, asked=asked, by=officer.by)


def _number(request: web.Request) -> int:
    return int(request.match_info["log"])
