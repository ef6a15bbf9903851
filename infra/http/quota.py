"""How often each client may ask, told in every answer: `RateLimit` and `RateLimit-Policy`.

Source: IETF draft-ietf-httpapi-ratelimit-headers-10. The algorithm is that of `Attempts`.
"""

from collections.abc import Hashable
from typing import Protocol

from aiohttp import web

from infra.http.attempts import Attempts
from infra.http.problems import Problem


class Quota:
    """`burst` requests at once, and one more every `interval` seconds, for each client; `name` is the policy's."""

    def __init__(self, burst: int, interval: float, attempts: Attempts | None = None, name: str = "client") -> None:
        self._attempts = attempts or Attempts(burst, interval)
        self._name = name
        self._policy = f'"{name}";q={burst};w={max(1, round(burst * interval))}'

    def take(self, request: web.Request, client: Hashable) -> None:
        """Count this request, in place of whatever it was counted by. Raises Problem (429) with `Retry-After`."""
        wait = self._attempts.take(client)
        count(request, self, self._attempts.left(client))
        if wait:
            raise Problem(
                429,
                "too-many-requests",
                "Too many requests",
                f"Come again in {wait} s; nothing was done.",
                headers={"Retry-After": str(wait)},
            )

    def give_back(self, client: Hashable) -> None:
        """The request is not to count."""
        self._attempts.give_back(client)

    def told(self, left: int) -> dict[str, str]:
        """The headers that say so much is left."""
        limit = f'"{self._name}";r={left};t={self._attempts.full_in(left)}'
        return {"RateLimit-Policy": self._policy, "RateLimit": limit}


class Limit(Protocol):
    """What a request was counted by."""

    def told(self, left: int) -> dict[str, str]:
        """The headers that say so much is left."""


_COUNTED = web.RequestKey("counted", tuple[Limit, int])


def count(request: web.Request, by: Limit, left: int) -> None:
    """The answer tells this limit, in place of whatever it was counted by before."""
    request[_COUNTED] = (by, left)


def counted_by(request: web.Request) -> Limit | None:
    """What the request was counted by last."""
    counted = request.get(_COUNTED)
    return counted[0] if counted else None


async def tell_quota(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on an answer whose request was counted; for `on_response_prepare`."""
    counted = request.get(_COUNTED)
    if counted:
        limit, left = counted
        response.headers.update(limit.told(left))
