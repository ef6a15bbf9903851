"""Calls to addresses that somebody else names: only public ones, over TLS, and never where a redirect leads.

The check is made on the very address that a socket is about to be opened to. Between it and the connection there is
no other look-up, so that a name which changes its address (DNS rebinding) gains nothing. See OWASP, "Server-Side
Request Forgery Prevention".
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import aiohttp
from yarl import URL

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_CARRIERS = tuple(ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""IPv6 addresses that stand for an IPv4 one, which a gateway would reach."""
_DEPRECATED = tuple(ipaddress.ip_network(one) for one in ("fec0::/10", "192.88.99.0/24"))
"""Site-local addresses (RFC 3879) and relays of 6to4 (RFC 7526): some network inside may still route them."""
_LONGEST = 2_000
_UNTIMED = aiohttp.ClientTimeout(total=None)
Connected = Callable[[], Awaitable[None]]


class Forbidden(OSError):
    """An address that nobody outside may make us call."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered: the status, and the field `Retry-After` where there is one."""

    status: int
    retry_after: str | None = None


class NotFetched(Exception):
    """What is at an address was not given, or is too much. Says which."""


class NotAnAddress(ValueError):
    """A URL that cannot be called. Says what would be right."""


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address.version == one.version and address in one for one in _CARRIERS + _DEPRECATED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class Outside:
    """HTTP requests to addresses that are not ours. Use as an async context manager.

    `private` are networks of the operator's own that may be called too, there also without TLS. Whoever calls bounds
    how many requests are under way: a bound in here would be one queue for all, in which a receiver's time runs out
    before it is reached.
    """

    def __init__(self, private: Iterable[Network] = (), seconds: float = 15.0) -> None:
        self._private = tuple(private)
        self._seconds = seconds
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> "Outside":
        for scheme in ("https", "http"):
            connector = aiohttp.TCPConnector(
                limit=0, use_dns_cache=False, force_close=True, socket_factory=self._guard(tls=scheme == "https")
            )
            self._sessions[scheme] = aiohttp.ClientSession(
                connector=connector, timeout=aiohttp.ClientTimeout(self._seconds), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions.values():
            await session.close()

    def checked(self, url: str) -> str:
        """The URL, if it may be called as far as can be told without a look-up. Raises NotAnAddress."""
        try:
            parsed = URL(url)
            host, port = parsed.host, parsed.port
            (parsed.raw_host or "").encode("idna")  # as the look-up does it: what does not encode has no address
        except ValueError:
            raise NotAnAddress("Must be a URL such as https://hr.example/hooks.") from None
        if len(url) > _LONGEST or not host or not port or parsed.fragment or parsed.user is not None:
            raise NotAnAddress("Must be a URL with a host, without user, password and fragment.")
        if parsed.scheme != "https" and not (parsed.scheme == "http" and self._private):
            raise NotAnAddress("Must begin with https://.")
        try:
            literal = ipaddress.ip_address(host)
        except ValueError:
            return url
        if not self._permits(literal, tls=parsed.scheme == "https"):
            raise NotAnAddress("Must be a public address.")
        return url

    async def send(
        self, method: str, url: str, body: bytes, headers: dict[str, str], connected: Connected | None = None
    ) -> Answered:
        """What is answered; a redirect is an answer like any other. Nothing of the answer's body is read.

        `connected` is awaited once a connection stands and before anything of the body goes out; what it takes is no
        time of the receiver's, who has as long after it as to be reached. Raises aiohttp.ClientError, TimeoutError,
        NotAnAddress, or what `connected` raises.
        """
        session = self._sessions[URL(self.checked(url)).scheme]
        failed: list[Exception] = []
        patience = asyncio.timeout(self._seconds)

        async def parts() -> AsyncIterator[bytes]:
            try:
                if connected is not None:
                    patience.reschedule(None)
                    await connected()
                    patience.reschedule(asyncio.get_running_loop().time() + self._seconds)
            except Exception as error:
                failed.append(error)
                raise
            yield body

        sized = headers | {"Content-Length": str(len(body))}
        try:
            async with (
                patience,
                session.request(
                    method, url, data=parts(), headers=sized, allow_redirects=False, timeout=_UNTIMED
                ) as response,
            ):
                return Answered(response.status, response.headers.get("Retry-After"))
        except aiohttp.ClientError:
            if failed:
                raise failed[0] from None
            raise

    async def fetch(self, url: str, most: int) -> bytes:
        """What lies at an address, up to `most` bytes; a redirect is not followed.

        Raises aiohttp.ClientError, TimeoutError, NotAnAddress or NotFetched.
        """
        session = self._sessions[URL(self.checked(url)).scheme]
        plain = {"Accept-Encoding": "identity"}
        async with session.get(url, headers=plain, allow_redirects=False) as response:
            if response.status != 200:
                raise NotFetched(f"it answers {response.status}")
            body = b""
            async for part in response.content.iter_chunked(most):
                body += part
                if len(body) > most:
                    raise NotFetched(f"it has more than {most} bytes")
            return body

    def _guard(self, *, tls: bool) -> "Callable[[Any], socket.socket]":
        def opened(info: Any) -> socket.socket:
            family, kind, protocol, _, place = info
            if not self._permits(ipaddress.ip_address(place[0].partition("%")[0]), tls=tls):
                raise Forbidden("not a public address")
            return socket.socket(family, kind, protocol)

        return opened

    def _permits(self, address: Address, *, tls: bool) -> bool:
        if any(address.version == one.version and address in one for one in self._private):
            return True
        return tls and is_public(address)
