"""The log behind HTTP, as static files: `/logs/0/…`.

Source: C2SP tlog-tiles (paths, content types, caching). Checkpoint and hash tiles are for everybody; entry bundles
need an auditor's token.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from infra.http.operation import TEXT, Answer, Shape, operation
from infra.http.problems import Problem, not_found
from services.audit.auditors import Auditors
from services.audit.contract import AUDITOR
from services.audit.tlog import tiles
from services.audit.tlog.appender import Appender

_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"
_FOR_EVER: Final = "max-age=31536000, immutable"
_FILE: Final[dict[str, Shape]] = {_BYTES: {}}
_AGAIN_SECONDS: Final = 10
"""After how long witnesses that did not cosign are asked again."""
_TILE: Final = re.compile(r"((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class LogFiles:
    """The routes of the files."""

    def __init__(self, appender: Appender, auditors: Auditors) -> None:
        self._appender = appender
        self._auditors = auditors

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get("/logs/0/checkpoint", self._checkpoint),
            web.get("/logs/0/vkey", self._vkey),
            web.get("/logs/0/tile/entries/{place:.+}", self._bundle),
            web.get("/logs/0/tile/{level:[0-9]{1,2}}/{place:.+}", self._tile),
        ]

    @operation(
        answers={200: Answer({"text/plain": TEXT})},
        problems=(503,),
        about="The newest checkpoint, a signed note; 503 until a required quorum has cosigned the first.",
    )
    async def _checkpoint(self, _: web.Request) -> web.Response:
        published = self._appender.published
        if published is None:
            raise _unwitnessed()
        return _file(published, _TEXT, "no-cache")

    @operation(answers={200: Answer({"text/plain": TEXT})}, about="The key that checkpoints are signed with.")
    async def _vkey(self, _: web.Request) -> web.Response:
        return _file(f"{self._appender.vkey}\n".encode(), _TEXT, "no-cache")

    @operation(answers={200: Answer(_FILE)}, problems=(404,), about="A tile of hashes.")
    async def _tile(self, request: web.Request) -> web.Response:
        level = int(request.match_info["level"])
        index, width = parse_place(level, request.match_info["level"], request.match_info["place"])
        try:
            data = await asyncio.to_thread(self._appender.reader().tile, level, index, width)
        except FileNotFoundError:
            raise not_found("tile") from None
        return _file(data, _BYTES, f"public, {_FOR_EVER}")

    @operation(proofs=(AUDITOR,), answers={200: Answer(_FILE)}, problems=(401, 404), about="A bundle of entries.")
    async def _bundle(self, request: web.Request) -> web.Response:
        await self._auditors.reader(request)
        index, width = parse_place(tiles.ENTRIES, tiles.ENTRIES, request.match_info["place"])
        try:
            data = await asyncio.to_thread(self._appender.reader().bundle, index, width)
        except FileNotFoundError:
            raise not_found("bundle") from None
        return _file(data, _BYTES, f"private, {_FOR_EVER}")


def parse_place(level: int | str, written_level: str, place: str) -> tuple[int, int]:
    """Index and width of a tile's path below its level, in the one way to write it. Raises Problem (404)."""
    match = _TILE.fullmatch(place)
    if match is not None:
        index = int(match[1].replace("x", "").replace("/", ""))
        width = int(match[2]) if match[2] else tiles.WIDTH
        if tiles.path(level, index, width) == f"tile/{written_level}/{place}":
            return index, width
    raise not_found("tile")


def _unwitnessed() -> Problem:
    return Problem(
        503,
        "unwitnessed",
        "No checkpoint has its witnesses yet",
        "This log shows only checkpoints that the required quorum of witnesses has cosigned. Ask again later.",
        headers={"Retry-After": str(_AGAIN_SECONDS)},
    )


def _file(data: bytes, content_type: str, caching: str) -> web.Response:
    return web.Response(body=data, headers={"Content-Type": content_type, "Cache-Control": caching})
