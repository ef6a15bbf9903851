"""The body of a request: its content type, its coding and its size, checked before anything is read of it."""

import asyncio

from aiohttp import web

from infra.http.codings import expect_coding, too_slow
from infra.http.problems import Problem

BODY_BYTES = 64 * 1024
WHOLE_SECONDS = 30.0
"""In which a whole body is there, however slowly its bytes drip."""


def expect(request: web.Request, *types: str) -> None:
    """Raise Problem (415) where the content is of none of these types, or in a coding that is not taken."""
    if request.content_type not in types:
        raise Problem(415, "content-type", "Wrong content type", f"This takes {' or '.join(types)}.")
    expect_coding(request)


async def body_of(request: web.Request) -> bytes:
    """The whole body, decoded. Raises Problem: 408 where it is not there in time, 413."""
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            return await request.read()
    except TimeoutError:
        raise too_slow(WHOLE_SECONDS) from None
    except web.HTTPRequestEntityTooLarge:
        raise Problem(413, "too-large", "Body too large", f"The body has at most {BODY_BYTES} bytes.") from None
