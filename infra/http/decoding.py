"""The content of a body in a coding, decoded a bounded piece at a time; a body that was cut off is none.

aiohttp would decode by itself, but takes a body for whole whose last member (gzip, RFC 1952) or frame (zstd, RFC
8878) does not end, and with it what no checksum was compared with. So `UNDECODED` are a server's `handler_args`.
"""

import asyncio
import zlib
from typing import Any

from aiohttp import StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from backports.zstd import ZstdDecompressor, ZstdError

from infra.http.codings import TAKEN
from infra.http.problems import Handler

UNDECODED = {"auto_decompress": False}
_PIECE_BYTES = 64 * 1024


class Decoded(StreamReader):
    """What a coded content stands for. Reading raises web.RequestPayloadError where it does not decode to its end."""

    def __init__(self, coded: StreamReader, coding: str) -> None:
        super().__init__(BaseProtocol(asyncio.get_running_loop()), _PIECE_BYTES)
        self._coded = coded
        self._coding = coding
        self._decoder: Any = None  # of the member that has begun
        self._held = b""
        self._full = False

    @property
    def total_raw_bytes(self) -> int:
        """Bytes as they were sent."""
        return self._coded.total_raw_bytes

    async def _wait(self, func_name: str) -> None:
        """Bring what all ways to read wait for: more of it, or the end."""
        try:
            piece = await self._next()
        except (zlib.error, ZstdError):
            raise web.RequestPayloadError("does not decode") from None
        if piece:
            self.feed_data(piece, len(piece))
        else:
            self.feed_eof()

    async def _next(self) -> bytes:
        while True:
            if not self._held and not self._full:
                self._held = await self._coded.readany()
                if not self._held:
                    break
            if piece := self._decode():
                return piece
        if self._decoder is not None:
            raise web.RequestPayloadError("is cut off")
        return b""

    def _decode(self) -> bytes:
        if self._decoder is None:
            self._decoder = zlib.decompressobj(wbits=31) if self._coding == "gzip" else ZstdDecompressor()
        decoder, coded = self._decoder, self._held
        piece: bytes = decoder.decompress(coded, _PIECE_BYTES)
        if decoder.eof:
            self._held, self._full, self._decoder = decoder.unused_data, False, None
        else:
            # zlib gives back what it has no room for; zstd keeps it.
            self._held, self._full = getattr(decoder, "unconsumed_tail", b""), len(piece) == _PIECE_BYTES
        return piece


@web.middleware
async def decode(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Have a body in a coding that is taken read as what it stands for."""
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if coding in TAKEN:
        request._payload = Decoded(request._payload, coding)  # before `content` is asked for, which is kept
    return await handler(request)
