"""How many long requests each client may have open at a time.

Whoever has all of them open is told so in `RateLimit`, in the unit `concurrent-requests`: source as in `quota`.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from aiohttp import web

from infra.http.problems import Problem
from infra.http.quota import count


class AtOnce:
    """`most` at a time for each client, as the policy `name`; what is forgotten when they end bounds what is kept."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._open: Counter[Hashable] = Counter()

    @contextmanager
    def one(self, request: web.Request, client: Hashable) -> Iterator[None]:
        """Hold one for the block. Raises Problem (429) where all are open."""
        if self._open[client] >= self._most:
            count(request, self, 0)
            raise Problem(
                429,
                "too-many-at-once",
                "Too many at once",
                f"{self._most} of these are open already; come again when one has ended. Nothing was done.",
                headers={"Retry-After": "5"},
            )
        self._open[client] += 1
        try:
            yield
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]

    def told(self, left: int) -> dict[str, str]:
        """As `quota.Limit.told`."""
        policy = f'"{self._name}";q={self._most};qu="concurrent-requests"'
        return {"RateLimit-Policy": policy, "RateLimit": f'"{self._name}";r={left}'}
