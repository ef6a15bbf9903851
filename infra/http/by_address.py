"""How often one address may ask where nobody says who they are.

No address is kept: what stands for one is a keyed hash under a key that only this process has, in memory. The machine
itself is not counted, where no proxy is in front: it is the operator. Whoever is counted by a quota of their own,
as organisations are, is not counted here.
"""

import hmac
import os
from collections.abc import Callable

from aiohttp import web

from infra.http.client_address import address_of, is_loopback
from infra.http.problems import Handler, Problem
from infra.http.quota import Quota, counted_by

FREE = frozenset({"/healthz", "/readyz", "/metrics"})
"""What is asked by the operator's own machines."""


class ByAddress:
    """`reads` bounds what is looked up, `others` everything else; `known` tells who has a quota of their own: nobody
    where it is left out.
    """

    def __init__(
        self,
        proxies: int,
        known: Callable[[web.Request], bool] = lambda _: False,
        *,
        reads: Quota | None = None,
        others: Quota | None = None,
    ) -> None:
        self._proxies = proxies
        self._known = known
        self._reads = reads or Quota(1_000, 0.05, name="address")
        self._others = others or Quota(300, 0.5, name="address")
        self._blind = os.urandom(32)

    @web.middleware
    async def limit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count the request. Raises Problem (429) that says when to come again."""
        address = address_of(request, self._proxies)
        if request.path in FREE or (not self._proxies and is_loopback(address)):
            return await handler(request)
        quota = self._reads if request.method in ("GET", "HEAD") else self._others
        blinded = hmac.digest(self._blind, address.encode(), "sha256")[:16]
        try:
            quota.take(request, blinded)
        except Problem:
            if not self._known(request):
                raise
            return await handler(request)
        try:
            return await handler(request)
        finally:
            if counted_by(request) is not quota:
                quota.give_back(blinded)
