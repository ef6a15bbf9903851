"""A hand-in a line, up and down at once: an answer for each line, in order, in NDJSON.

A few chunks are under way at a time; while they are, nothing more is read, so that the sender feels our pace and
memory stays the same at a million lines.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import orjson
from aiohttp import web

from infra.http.problems import Problem, end_unread, has_gone, log_defect
from services.intake.handing_in.acceptance import Fits, Taken
from services.intake.handing_in.lines import Line

NDJSON = "application/x-ndjson"
UNDER_WAY = 3
UNREAD_SECONDS = 60.0
"""So long answers may wait to be read; whoever does not read them is gone."""
Told = Taken | Fits | Problem
Take = Callable[[Sequence[Line]], Awaitable[Sequence[Told]]]
"""Gives one answer for each line, in order."""
Work = asyncio.Task[tuple[Sequence[Line], Sequence[Told]]]


async def stream(request: web.Request, chunks: AsyncIterator[Sequence[Line]], take: Take) -> web.StreamResponse:
    """Answer each line of the request's chunks."""
    response = web.StreamResponse(headers={"Content-Type": NDJSON, "Cache-Control": "no-store"})
    await response.prepare(request)
    under_way: asyncio.Queue[Work | None] = asyncio.Queue(UNDER_WAY)
    try:
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(_write(response, under_way))
            async for lines in chunks:
                await under_way.put(group.create_task(_take(take, lines)))
            await under_way.put(None)
            await writer
    except ExceptionGroup as errors:
        _break_off(request, errors)
    else:
        end_unread(request, response)
        await response.write_eof()
    return response


async def allowed(pieces: AsyncIterator[bytes], still: Callable[[], None]) -> AsyncIterator[bytes]:
    """The pieces of a body. Raises what `still` raises, before anything of the next piece is read."""
    async for piece in pieces:
        still()
        yield piece


def _break_off(request: web.Request, errors: ExceptionGroup[Exception]) -> None:
    """Lines were answered, so that no other status can follow: end without the last chunk, which the sender sees."""
    ours = errors.split((ConnectionError, TimeoutError))[1]
    if ours is not None and not has_gone(request):
        log_defect(request, ours)
    if request.transport is not None:
        request.transport.abort()


async def _take(take: Take, lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Told]]:
    return lines, await take(lines)


async def _write(response: web.StreamResponse, under_way: "asyncio.Queue[Work | None]") -> None:
    while (work := await under_way.get()) is not None:
        lines, answers = await work
        told = b"".join(_line(number, one) for (number, _), one in zip(lines, answers, strict=True))
        async with asyncio.timeout(UNREAD_SECONDS):
            await response.write(told)


def _line(number: int, one: Told) -> bytes:
    match one:
        case Taken():
            body: dict[str, object] = {"line": number, "status": 202, "id": one.id, "state": one.state}
        case Fits():
            body = {"line": number, "status": 200}
        case Problem():
            body = {"line": number, "status": one.status, "problem": one.document()}
    return orjson.dumps(body) + b"\n"
