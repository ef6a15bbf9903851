"""The end of an operation, told long before it comes: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), then 410.

What is deprecated says so in its declaration (`infra.http.operation`); nothing else has to be done for it.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from infra.clock import now
from infra.http.operation import Deprecated, operation_of
from infra.http.problems import Problem

LEAST = timedelta(days=365)
"""So long what is deprecated goes on."""


def deprecated(since: date, sunset: date, successor: str) -> Deprecated:
    """From `since` until the beginning of `sunset`, UTC; `successor` is the path of what takes its place.

    Raises ValueError where that is too short a time.
    """
    if sunset - since < LEAST:
        raise ValueError(f"from {since} to {sunset} are fewer than {LEAST.days} days")
    return Deprecated(since, sunset, successor)


async def tell_deprecation(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on an answer of an operation that is deprecated; for `on_response_prepare`."""
    if found := _of(request):
        since = int(_midnight(found.since).timestamp())
        response.headers["Deprecation"] = f"@{since}"
        response.headers["Sunset"] = format_datetime(_midnight(found.sunset), usegmt=True)
        response.headers.add("Link", f'<{found.successor}>; rel="successor-version"')


def after_sunset(clock: Callable[[], datetime] = now) -> Middleware:
    """What has had its sunset answers 410, and names what took its place."""

    @web.middleware
    async def ended(request: web.Request, handler: Handler) -> web.StreamResponse:
        found = _of(request)
        if found and clock() >= _midnight(found.sunset):
            detail = f"It ended on {found.sunset}. Use {found.successor}."
            raise Problem(410, "ended", "This operation has ended", detail)
        return await handler(request)

    return ended


def _of(request: web.Request) -> Deprecated | None:
    declared = operation_of(request.match_info.handler)
    return declared.deprecated if declared else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
