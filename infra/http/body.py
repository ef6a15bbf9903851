"""The body of a request: its content type, its coding and its size, checked before anything is read of it."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from aiohttp import web

from infra.http.codings import expect_coding, too_slow
from infra.http.problems import Problem

BODY_BYTES = 64 * 1024
Read = TypeVar("Read")
WHOLE_SECONDS = 30.0
"""In which a whole body is there, however slowly its bytes drip."""


def expect(request: web.Request, *types: str) -> None:
    """Raise Problem (415) where the content is of none of these types, or in a coding that is not taken."""
    if request.content_type not in types:
        raise Problem(415, "content-type", "Wrong content type", f"This takes {' or '.join(types)}.")
    expect_coding(request)


async def in_time(reading: Awaitable[Read], seconds: float | None = None) -> Read:
    """What is read of a body. Raises Problem (408) where that is not there in `WHOLE_SECONDS`, or so many."""
    patience = WHOLE_SECONDS if seconds is None else seconds
    try:
        async with asyncio.timeout(patience):
            return await reading
    except TimeoutError:
        raise too_slow(patience) from None


async def body_of(request: web.Request) -> bytes:
    """The whole body, decoded. Raises Problem: 408 where it is not there in time, 413."""
    try:
        return await in_time(request.read())
    except web.HTTPRequestEntityTooLarge:
        raise Problem(413, "too-large", "Body too large", f"The body has at most {BODY_BYTES} bytes.") from None
