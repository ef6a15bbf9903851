"""The log behind HTTP, as static files: `/logs/{n}/…`, one of each number.

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
from services.audit.tlog.logs import Logs

_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"
_FOR_EVER: Final = "max-age=31536000, immutable"
_FILE: Final[dict[str, Shape]] = {_BYTES: {}}
_AGAIN_SECONDS: Final = 10
"""After how long witnesses that did not cosign are asked again."""
LOG: Final = "{log:0|[1-9][0-9]?}"
"""The number of a log in an address, in the one way to write it."""
_TILE: Final = re.compile(r"((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class LogFiles:
    """The routes of the files."""

    def __init__(self, logs: Logs, auditors: Auditors) -> None:
        self._logs = logs
        self._auditors = auditors

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get(f"/logs/{LOG}/checkpoint", self._checkpoint),
            web.get(f"/logs/{LOG}/vkey", self._vkey),
            web.get(f"/logs/{LOG}/tile/entries/{{place:.+}}", self._bundle),
            web.get(f"/logs/{LOG}/tile/{{level:[0-9]{{1,2}}}}/{{place:.+}}", self._tile),
        ]

    @operation(
        answers={200: Answer({"text/plain": TEXT})},
        problems=(404, 503),
        about="The newest checkpoint, a signed note; 503 until a required quorum has cosigned the first.",
    )
    async def _checkpoint(self, request: web.Request) -> web.Response:
        published = log_of(self._logs, request).published
        if published is None:
            raise _unwitnessed()
        return _file(published, _TEXT, "no-cache")

    @operation(
        answers={200: Answer({"text/plain": TEXT})},
        problems=(404,),
        about="The key that checkpoints are signed with.",
    )
    async def _vkey(self, request: web.Request) -> web.Response:
        return _file(f"{log_of(self._logs, request).vkey}\n".encode(), _TEXT, "no-cache")

    @operation(answers={200: Answer(_FILE)}, problems=(404,), about="A tile of hashes.")
    async def _tile(self, request: web.Request) -> web.Response:
        level = int(request.match_info["level"])
        index, width = parse_place(level, request.match_info["level"], request.match_info["place"])
        reader = log_of(self._logs, request).reader()
        try:
            data = await asyncio.to_thread(reader.tile, level, index, width)
        except FileNotFoundError:
            raise not_found("tile") from None
        return _file(data, _BYTES, f"public, {_FOR_EVER}")

    @operation(proofs=(AUDITOR,), answers={200: Answer(_FILE)}, problems=(401, 404), about="A bundle of entries.")
    async def _bundle(self, request: web.Request) -> web.Response:
        await self._auditors.reader(request)
        index, width = parse_place(tiles.ENTRIES, tiles.ENTRIES, request.match_info["place"])
        reader = log_of(self._logs, request).reader()
        try:
            data = await asyncio.to_thread(reader.bundle, index, width)
        except FileNotFoundError:
            raise not_found("bundle") from None
        return _file(data, _BYTES, f"private, {_FOR_EVER}")


def log_of(logs: Logs, request: web.Request) -> Appender:
    """The log that an address names. Raises Problem (404) where the service has none of that number."""
    number = int(request.match_info["log"])
    if number >= len(logs):
        raise not_found("log")
    return logs[number]


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
