"""Who asks? A person is known by `Authorization: Claim CODE`, and a code cannot be guessed at.

Attempts are limited for each address, where only those that fail count, and for each code, known or not. A code that
nobody has and that of an erased person are answered alike; one whose check symbol does not fit is called mistyped.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from infra.crypto.claim_code import NotAClaimCode, canonical
from infra.http.attempts import Attempts
from infra.http.claim_attempts import ClaimAttempts
from infra.http.problems import Problem
from services.consent.keys.keystore import KeyStore


class Claims:
    """Finds the person behind a request. `proxies` of our own stand in front and append to `X-Forwarded-For`."""

    def __init__(
        self,
        keystore: KeyStore,
        proxies: int = 0,
        failures: Attempts | None = None,
        uses: Attempts | None = None,
    ) -> None:
        self._keystore = keystore
        self._attempts = ClaimAttempts(proxies, failures, uses)

    async def alias(self, request: web.Request) -> str:
        """The alias of who asks. Raises a 401, or a 429 that says when to come again."""
        alias = await self.asker(request)
        if alias is None:
            raise not_proved()
        return alias

    async def asker(self, request: web.Request) -> str | None:
        """The alias of who asks, None for a code that nobody has. Raises a 401 for what is no code, or a 429."""
        scheme, _, code = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "claim" or not code:
            raise not_proved()
        return await self.owner(request, code)

    async def owner(self, request: web.Request, code: str) -> str | None:
        """The alias behind a code that came in some other way, under the same limits. Raises as `asker`."""
        self._attempts.take(request, code)
        if not _is_code(code):
            raise not_proved()
        alias = await self._keystore.resolve(code)
        if alias is not None:
            self._attempts.no_failure(request)
        return alias

    async def redeemed(self, request: web.Request, code: str, redeem: Callable[[str], Awaitable[str | None]]) -> str:
        """What a single-use code is exchanged for, under the same limits. Raises as `alias`."""
        self._attempts.take(request, code)
        redeemed = await redeem(code)
        if redeemed is None:
            raise Problem(401, "no-code", "Not proved", "This code is wrong or too old; ask for another one.")
        self._attempts.no_failure(request)
        return redeemed


def _is_code(code: str) -> bool:
    try:
        canonical(code)
    except NotAClaimCode:
        return False
    return True


def not_proved() -> Problem:
    """401."""
    return Problem(
        401,
        "no-claim",
        "Not proved",
        "Send the claim code that came with the assessment: Authorization: Claim CODE.",
        headers={"WWW-Authenticate": "Claim"},
    )
