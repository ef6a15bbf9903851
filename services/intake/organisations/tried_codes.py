"""Nobody guesses a claim code: who sends one is counted, and what opens nothing cannot be tried for long.

The ledger is asked whose code it is before anything is done with it, so that a wrong code counts wherever it is sent:
where an assessment is read, where one is handed in, and where nothing is asked of it.
"""

from aiohttp import web

from infra.http.claim_attempts import ClaimAttempts
from infra.http.client_address import address_of, is_loopback
from infra.http.problems import Handler
from infra.keys.client import KeyClient, KeysUnavailable
from services.intake.organisations.callers import claim_of


class TriedCodes:
    """Stands at the door. The machine itself is not counted where no proxy is in front, as by address."""

    def __init__(self, keys: KeyClient, proxies: int, attempts: ClaimAttempts | None = None) -> None:
        self._keys = keys
        self._proxies = proxies
        self._attempts = attempts or ClaimAttempts(proxies)

    @web.middleware
    async def limit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count the code that comes with the request. Raises Problem (429) that says when to come again."""
        code = claim_of(request)
        if code is not None and not self._is_operator(request):
            self._attempts.take(request, code)
            if await self._may_be_right(code):
                self._attempts.no_failure(request)
        return await handler(request)

    def _is_operator(self, request: web.Request) -> bool:
        return not self._proxies and is_loopback(address_of(request, self._proxies))

    async def _may_be_right(self, code: str) -> bool:
        """Without the ledger nobody learns whether a code is right, and nobody is blamed."""
        try:
            return await self._keys.resolve(code) is not None
        except KeysUnavailable:
            return True
