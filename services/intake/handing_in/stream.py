"""`POST /v1/assessments/stream`: NDJSON up and down at once, an answer for each line, in order.

A few chunks are under way at a time; while they are, nothing more is read, so that the sender feels our pace and
memory stays the same at a million lines.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

import orjson
from aiohttp import web

from infra.http.codings import decoded
from infra.http.problems import end_unread, has_gone, log_defect
from services.intake.handing_in.acceptance import Acceptance, Answer, Taken
from services.intake.handing_in.idempotency import Events
from services.intake.handing_in.lines import CHUNK_LINES, Line, chunks
from services.intake.organisations.callers import Caller

UNDER_WAY = 3
UNREAD_SECONDS = 60.0
"""So long answers may wait to be read; whoever does not read them is gone."""
Work = asyncio.Task[tuple[Sequence[Line], list[Answer]]]


async def stream(
    request: web.Request, caller: Caller, events: Events, acceptance: Acceptance, still: Callable[[str], None]
) -> web.StreamResponse:
    """Accept the request's lines and answer each, as long as `still` does not raise Problem for the organisation."""
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson", "Cache-Control": "no-store"})
    await response.prepare(request)
    under_way: asyncio.Queue[Work | None] = asyncio.Queue(UNDER_WAY)
    largest = partial(acceptance.admission.largest, caller.tenant, CHUNK_LINES)
    try:
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(_write(response, under_way))
            async for lines in chunks(_allowed(request, partial(still, caller.tenant)), largest):
                await under_way.put(group.create_task(_take(caller, events, acceptance, lines)))
            await under_way.put(None)
            await writer
    except ExceptionGroup as errors:
        _break_off(request, errors)
    else:
        end_unread(request, response)
        await response.write_eof()
    return response


async def _allowed(request: web.Request, still: Callable[[], None]) -> AsyncIterator[bytes]:
    """The body piece by piece. Raises what `still` raises, before anything of the next piece is read."""
    async for piece in decoded(request.content):
        still()
        yield piece


def _break_off(request: web.Request, errors: ExceptionGroup[Exception]) -> None:
    """Lines were answered, so that no other status can follow: end without the last chunk, which the sender sees."""
    ours = errors.split((ConnectionError, TimeoutError))[1]
    if ours is not None and not has_gone(request):
        log_defect(request, ours)
    if request.transport is not None:
        request.transport.abort()


async def _take(
    caller: Caller, events: Events, acceptance: Acceptance, lines: Sequence[Line]
) -> tuple[Sequence[Line], list[Answer]]:
    return lines, await acceptance.take(caller, events, lines)


async def _write(response: web.StreamResponse, under_way: "asyncio.Queue[Work | None]") -> None:
    while (work := await under_way.get()) is not None:
        lines, answers = await work
        told = b"".join(_line(number, one) for (number, _), one in zip(lines, answers, strict=True))
        async with asyncio.timeout(UNREAD_SECONDS):
            await response.write(told)


def _line(number: int, one: Answer) -> bytes:
    if isinstance(one, Taken):
        body: dict[str, object] = {"line": number, "status": 202, "id": one.id, "state": one.state}
    else:
        body = {"line": number, "status": one.status, "problem": one.document()}
    return orjson.dumps(body) + b"\n"
