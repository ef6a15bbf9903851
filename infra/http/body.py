"""The body of a request: its content type, its coding and its size, checked before anything is read of it."""

from aiohttp import web

from infra.http.codings import expect_coding
from infra.http.problems import Problem

BODY_BYTES = 64 * 1024


def expect(request: web.Request, *types: str) -> None:
    """Raise Problem (415) where the content is of none of these types, or in a coding that is not taken."""
    if request.content_type not in types:
        raise Problem(415, "content-type", "Wrong content type", f"This takes {' or '.join(types)}.")
    expect_coding(request)


async def body_of(request: web.Request) -> bytes:
    """The whole body, decoded. Raises Problem (413)."""
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Problem(413, "too-large", "Body too large", f"The body has at most {BODY_BYTES} bytes.") from None
