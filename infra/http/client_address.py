"""Which address asks: the one that limits are counted to."""

from ipaddress import IPv6Address, ip_address, ip_network

from aiohttp import web

_NETWORK_BITS = 64
"""The part of an IPv6 address that one connection is given; behind it stand as many addresses as it likes."""


def address_of(request: web.Request, proxies: int) -> str:
    """The address to which attempts are counted: of IPv6 the network of 64 bits.

    With `proxies` of our own in front it is the one that the outermost of them saw and appended to
    `X-Forwarded-For`; what a client wrote before it counts for nothing.
    """
    seen = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    last = seen[-proxies].strip() if 0 < proxies <= len(seen) else ""
    try:
        address = ip_address(last or request.remote or "")
    except ValueError:
        return request.remote or ""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _NETWORK_BITS), strict=False))
    return str(address)


def is_loopback(address: str) -> bool:
    """Whether an address, as `address_of` gives it, is this machine's own."""
    try:
        return ip_address(address.partition("/")[0]).is_loopback
    except ValueError:
        return False
