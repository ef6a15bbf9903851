"""Bodies in a content coding: which are taken, and how far one may grow.

`decoding` decodes it a bounded piece at a time. What is bounded here is a body of which there is no end, such as a
stream: a bomb is one that gives far more than it brings (RFC 9110, 8.4; RFC 8878 for zstd).
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Protocol

from aiohttp import web

from infra.http.problems import Problem, malformed_body

TAKEN = ("gzip", "zstd")
RATIO = 100
"""How many bytes may come out of each that goes in: hand-ins of one organisation give 10 to 40."""
UNJUDGED_BYTES = 1024 * 1024
"""So much may come out whatever goes in, so that a few lines alike are no bomb."""
LARGEST_BYTES = 4 * 1024**3
"""What may come out of one coded body at all: about four million hand-ins."""


PATIENCE_SECONDS = 60.0
LEAST_BYTES = 1024
"""So many a sender brings at least of a body that it has begun, each time that it was waited for so long."""


class Content(Protocol):
    """A request's body as `aiohttp.StreamReader` has it."""

    @property
    def total_raw_bytes(self) -> int:
        """Bytes as they were sent."""

    async def readany(self) -> bytes:
        """What has arrived since; nothing at the end."""


def expect_coding(request: web.Request) -> None:
    """Raise Problem (415) for a body in a coding that is not taken; the answer names those that are."""
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("", "identity", *TAKEN):
        raise Problem(
            415,
            "content-encoding",
            "Unknown content coding",
            f"A body comes as it is, or in one of {' and '.join(TAKEN)}.",
            headers={"Accept-Encoding": ", ".join(TAKEN)},
        )


async def decoded(content: Content) -> AsyncIterator[bytes]:
    """The body piece by piece.

    Raises Problem: 400 where it does not decode, 408 where nothing more comes, 413 where it grows beyond its bounds.
    """
    size, sender = 0, _Sender(content)
    try:
        while piece := await sender.next():
            size += len(piece)
            _judge(size, content.total_raw_bytes)
            yield piece
    except web.RequestPayloadError:
        raise malformed_body() from None


class _Sender:
    """Waits for a sender as long as it brings something; the time in which nobody reads from it does not count."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._waited = 0.0
        self._counted = 0

    async def next(self) -> bytes:
        """What has arrived since; nothing at the end. Raises Problem (408)."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS - self._waited):
                piece = await self._content.readany()
        except TimeoutError:
            raise too_slow(PATIENCE_SECONDS) from None
        self._waited += time.monotonic() - began
        if self._content.total_raw_bytes - self._counted >= LEAST_BYTES:
            self._waited, self._counted = 0.0, self._content.total_raw_bytes
        return piece


def too_slow(seconds: float) -> Problem:
    """408 for a body that was begun, and of which too little came in so long."""
    return Problem(408, "too-slow", "Too little came", f"The body was waited for {seconds:.0f} s; send it again.")


def _judge(size: int, sent: int) -> None:
    if size > max(UNJUDGED_BYTES, RATIO * sent):
        raise _bomb(f"At most {RATIO} bytes may come out of each that is sent")
    if size > sent and size > LARGEST_BYTES:
        raise _bomb(f"At most {LARGEST_BYTES} bytes may come out of one body")


def _bomb(bound: str) -> Problem:
    detail = f"{bound}. What was answered before stands; send the rest without a coding, or in parts."
    return Problem(413, "expands-too-far", "Expands too far", detail)
