"""Where a log is read from: static files in a directory, or the same files behind a URL.

Source of the layout: C2SP tlog-tiles. Where a partial file is gone because a full one has replaced it, the
full one is read and cut, as the specification lets a client do.
"""

from __future__ import annotations

import ipaddress
import zlib
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from services.audit.tlog import tiles
from services.audit.tlog.merkle import HASH_BYTES
from services.audit.tlog.note import MAX_NOTE_BYTES
from services.audit.tlog.tiles import ENTRIES, MAX_BUNDLE_BYTES, TILE_BYTES, WIDTH

_TIMEOUT_SECONDS = 30


class UnreachableError(OSError):
    """The files cannot be asked for, which says nothing about the log."""


class Source(Protocol):
    """What a verifier reads. FileNotFoundError: the log lacks it. Other OSErrors: it cannot be asked for."""

    def checkpoint(self) -> bytes:
        """The signed checkpoint."""

    def vkey(self) -> str:
        """The verifier key that the log itself names; trusting it needs another way."""

    def tile(self, level: int, index: int, width: int) -> bytes:
        """The first `width` hashes of a tile, concatenated."""

    def bundle(self, index: int, width: int) -> bytes:
        """The first `width` entries of a bundle, as a bundle."""


class Files:
    """The static files of a log, each got by `fetch(path, limit)` with the most bytes it may have."""

    def __init__(self, fetch: Callable[[str, int], bytes]) -> None:
        self._fetch = fetch

    def checkpoint(self) -> bytes:
        return self._fetch("checkpoint", MAX_NOTE_BYTES)

    def vkey(self) -> str:
        return self._fetch("vkey", 10_000).decode("utf-8", "replace").strip()

    def tile(self, level: int, index: int, width: int) -> bytes:
        data, cut = self._widest(level, index, width, TILE_BYTES)
        return data[: width * HASH_BYTES] if cut else data

    def bundle(self, index: int, width: int) -> bytes:
        data, cut = self._widest(ENTRIES, index, width, MAX_BUNDLE_BYTES)
        return tiles.pack(tiles.unpack(data, WIDTH)[:width]) if cut else data

    def _widest(self, level: int | str, index: int, width: int, limit: int) -> tuple[bytes, bool]:
        """The file of this width, or else the full one; and whether it must be cut."""
        try:
            return self._fetch(tiles.path(level, index, width), limit), False
        except FileNotFoundError as missing:
            if width == WIDTH:
                raise
            try:
                return self._fetch(tiles.path(level, index), limit), True
            except FileNotFoundError:
                raise missing from None


def directory_source(directory: Path) -> Files:
    """A log that was written as static files, see export."""

    def fetch(path: str, limit: int) -> bytes:
        with (directory / path).open("rb") as file:
            return file.read(limit + 1)

    return Files(fetch)


def web_source(url: str, token: str | None = None) -> Files:
    """A log behind a URL prefix; the token is sent as a bearer token for the entry bundles alone.

    Raises UnreachableError for an address that is not http(s), and for a token that would travel in the
    clear.
    """
    prefix = url.rstrip("/")
    check_address(prefix, token)
    opener = build_opener(_NoRedirect)

    def fetch(path: str, limit: int) -> bytes:
        headers = {"Accept-Encoding": "gzip, identity"}
        if token and path.startswith(f"tile/{ENTRIES}/"):
            headers["Authorization"] = f"Bearer {token}"
        request = Request(f"{prefix}/{path}", headers=headers)  # noqa: S310 - the scheme is checked above
        try:
            with opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return _body(answer, limit)
        except HTTPError as error:
            raise _refusal(error, path) from error
        except (URLError, HTTPException, TimeoutError, ConnectionError, zlib.error) as error:
            raise UnreachableError(f"{prefix}/{path} cannot be fetched: {error}") from error

    return Files(fetch)


def _body(answer: HTTPResponse, limit: int) -> bytes:
    """What was sent, unpacked where it is compressed, which a log may do unasked.

    At most one byte more than the limit, so that neither a long answer nor a bomb fills the memory.
    """
    if answer.headers.get("Content-Encoding") != "gzip":
        return answer.read(limit + 1)
    packed = answer.read(limit + limit // 100 + 1024)  # what cannot be compressed grows a little
    return zlib.decompressobj(wbits=31).decompress(packed, limit + 1)


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would carry the token to another host, so it is an answer like any other failure."""

    def redirect_request(self, *_: Any) -> None:
        return None


def check_address(prefix: str, token: str | None) -> None:
    """Raise UnreachableError for what is not http(s), and for a token that would travel in the clear."""
    parts = urlsplit(prefix)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UnreachableError(f"{prefix} is not an http or https address")
    if token and parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise UnreachableError(f"the token would travel in the clear to {parts.hostname}; use https")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refusal(error: HTTPError, path: str) -> OSError:
    with error:
        if error.code in (404, 410):
            return FileNotFoundError(f"{path} is not there (HTTP {error.code})")
        if error.code in (401, 403):
            return UnreachableError(f"{path} is not for everybody (HTTP {error.code}); give an auditor's token")
        return UnreachableError(f"{path} cannot be fetched: HTTP {error.code}")
