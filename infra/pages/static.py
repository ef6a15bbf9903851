"""Static files: read at start, under an address with their hash, so that a browser may keep them for ever."""

import gzip
import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from aiohttp import ETag, web

from infra.http.problems import not_found

STATIC = Path(__file__).with_name("static")
_FOR_EVER = "public, max-age=31536000, immutable"
_COMPRESSIBLE = frozenset({".css", ".js", ".svg"})
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class File:
    """`compressed` is empty where that saves nothing."""

    content: bytes
    compressed: bytes
    content_type: str
    digest: str


class StaticFiles:
    """The files of some directories; their names differ."""

    def __init__(self, places: Iterable[Path]) -> None:
        found = [path for place in places for path in sorted(place.iterdir()) if path.is_file()]
        files = {path.name: _read(path) for path in found}
        self._addresses = {name: _address(name, file.digest) for name, file in files.items()}
        self._served = {self._addresses[name]: file for name, file in files.items()}

    def address(self, name: str) -> str:
        """Where a file is. Raises KeyError for a name that there is not."""
        return self._addresses[name]

    def table(self) -> list[web.RouteDef]:
        """The route."""
        return [web.get("/static/{name}", self._serve)]

    async def _serve(self, request: web.Request) -> web.Response:
        file = self._served.get(request.path)
        if file is None:
            raise not_found("file")
        if any(tag.value in (file.digest, "*") for tag in request.if_none_match or ()):
            response = web.Response(status=304)
        else:
            response = _answer(file, "gzip" in request.headers.get("Accept-Encoding", ""))
        response.etag = ETag(file.digest)
        response.headers["Cache-Control"] = _FOR_EVER
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _answer(file: File, takes_gzip: bool) -> web.Response:
    if takes_gzip and file.compressed:
        response = web.Response(body=file.compressed, headers={"Content-Encoding": "gzip"})
    else:
        response = web.Response(body=file.content)
    response.headers["Content-Type"] = file.content_type
    return response


def _read(path: Path) -> File:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    compressed = gzip.compress(content, mtime=0) if path.suffix in _COMPRESSIBLE else b""
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return File(content, compressed, kind + charset, sha256(content).hexdigest()[:_DIGITS])


def _address(name: str, digest: str) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"/static/{stem}.{digest}.{suffix}"
