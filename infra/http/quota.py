"""How often each client may ask, told in every answer: `RateLimit` and `RateLimit-Policy`.

Source: IETF draft-ietf-httpapi-ratelimit-headers-10. The algorithm is that of `Attempts`.
"""

from collections.abc import Hashable

from aiohttp import web

from infra.http.attempts import Attempts
from infra.http.problems import Problem

_REMAINING = web.RequestKey("remaining", int)


class Quota:
    """`burst` requests at once, and one more every `interval` seconds, for each client."""

    def __init__(self, burst: int, interval: float, attempts: Attempts | None = None) -> None:
        self._attempts = attempts or Attempts(burst, interval)
        self._policy = f'"client";q={burst};w={max(1, round(burst * interval))}'

    def take(self, request: web.Request, client: Hashable) -> None:
        """Count this request. Raises Problem (429) that says when to come again."""
        wait = self._attempts.take(client)
        request[_REMAINING] = self._attempts.left(client)
        if wait:
            raise Problem(
                429,
                "too-many-requests",
                "Too many requests",
                f"Come again in {wait} s; nothing was done.",
                headers={"Retry-After": str(wait)},
            )

    async def tell(self, request: web.Request, response: web.StreamResponse) -> None:
        """Put the headers on an answer whose request was counted; for `on_response_prepare`."""
        left = request.get(_REMAINING)
        if left is not None:
            response.headers["RateLimit-Policy"] = self._policy
            response.headers["RateLimit"] = f'"client";r={left};t={self._attempts.full_in(left)}'
