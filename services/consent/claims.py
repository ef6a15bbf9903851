"""Who asks? A person is known by `Authorization: Claim CODE`, and a code cannot be guessed at.

Attempts are limited for each address, where only those that fail count, and for each code, known or not. A code that
nobody has and that of an erased person are answered alike; one whose check symbol does not fit is called mistyped.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

from infra.crypto.claim_code import NotAClaimCode, canonical
from infra.http.attempts import Attempts
from infra.http.client_address import address_of
from infra.http.problems import Problem
from services.consent.keys.keystore import KeyStore


def failures_of_an_address() -> Attempts:
    """20 wrong codes, then one every 3 s."""
    return Attempts(20, 3)


def uses_of_a_code() -> Attempts:
    """60 uses, then one each second."""
    return Attempts(60, 1)


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
        self._proxies = proxies
        self._failures = failures_of_an_address() if failures is None else failures
        self._uses = uses_of_a_code() if uses is None else uses
        self._blind = secrets.token_bytes(32)

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
        address = address_of(request, self._proxies)
        _demand(self._failures.take(address))
        _demand(self._uses.take(self._blinded(code)))
        if not _is_code(code):
            raise not_proved()
        alias = await self._keystore.resolve(code)
        if alias is not None:
            self._failures.give_back(address)
        return alias

    async def redeemed(self, request: web.Request, code: str, redeem: Callable[[str], Awaitable[str | None]]) -> str:
        """What a single-use code is exchanged for, under the same limits. Raises as `alias`."""
        address = address_of(request, self._proxies)
        _demand(self._failures.take(address))
        _demand(self._uses.take(self._blinded(code)))
        redeemed = await redeem(code)
        if redeemed is None:
            raise Problem(401, "no-code", "Not proved", "This code is wrong or too old; ask for another one.")
        self._failures.give_back(address)
        return redeemed

    def _blinded(self, code: str) -> bytes:
        """What stands for a code in memory: a keyed hash of it, however it is spelt."""
        try:
            spelt = canonical(code)
        except NotAClaimCode:
            spelt = code.encode(errors="surrogateescape")
        return hmac.digest(self._blind, spelt, "sha256")


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


def _demand(wait: int) -> None:
    if wait:
        raise Problem(
            429,
            "too-many-attempts",
            "Too many attempts",
            f"Come again in {wait} s.",
            headers={"Retry-After": str(wait)},
        )
