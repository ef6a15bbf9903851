"""A form in parts (`multipart/form-data`, RFC 7578), read part by part, in its order, in constant memory."""

import warnings

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.multipart import BadContentDispositionHeader, BadContentDispositionParam

from infra.http.problems import Problem

FORM = "multipart/form-data"
_PIECE_BYTES = 64 * 1024
_NAMELESS = (BadContentDispositionHeader, BadContentDispositionParam)
_MALFORMED = (ValueError, RuntimeError, HttpProcessingError, *_NAMELESS)
"""What aiohttp raises for a body that its boundary does not part."""
for _warning in _NAMELESS:
    # As a warning it would be written to the log with what was sent.
    warnings.simplefilter("error", _warning)


class Part:
    """One part of a form, as `infra.http.codings.Content`."""

    def __init__(self, request: web.Request, reader: BodyPartReader) -> None:
        self._request = request
        self._reader = reader

    @property
    def total_raw_bytes(self) -> int:
        """Bytes of the whole form so far, as they were sent."""
        return self._request.content.total_raw_bytes

    async def readany(self) -> bytes:
        """What has arrived since; nothing at the end. Raises Problem (400)."""
        while not self._reader.at_eof():
            try:
                if piece := await self._reader.read_chunk(_PIECE_BYTES):
                    return bytes(piece)
            except _MALFORMED:
                raise _malformed() from None
        return b""

    async def whole(self, most: int) -> bytes:
        """All of it. Raises Problem: 400, or 413 beyond `most` bytes."""
        held = b""
        while piece := await self.readany():
            held += piece
            if len(held) > most:
                raise Problem(413, "too-large", "Part too large", f"This part has at most {most} bytes.")
        return held


class Form:
    """The parts of a request's form. Raises Problem (400) where it has no boundary."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        try:
            self._reader = MultipartReader(request.headers, request.content)
        except _MALFORMED:
            raise _malformed() from None

    async def part(self, name: str) -> Part:
        """The next part, whose name is this. Raises Problem: 400, or 422 where it is another."""
        try:
            found = await self._reader.next()
        except _MALFORMED:
            raise _malformed() from None
        if not isinstance(found, BodyPartReader) or found.name != name:
            raise Problem(422, "part-missing", "A part is missing", f"Next in the form stands a part called {name}.")
        return Part(self._request, found)


def _malformed() -> Problem:
    return Problem(400, "malformed-form", "Malformed form", "It is not parted as its boundary says (RFC 7578).")
