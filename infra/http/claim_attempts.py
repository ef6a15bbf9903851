"""How often a claim code may be tried: for each address, where only those that fail count, and for each code."""

import hmac
import secrets

from aiohttp import web

from infra.crypto.claim_code import NotAClaimCode, canonical
from infra.http.attempts import Attempts
from infra.http.client_address import address_of
from infra.http.problems import Problem


def failures_of_an_address() -> Attempts:
    """20 wrong codes, then one every 3 s."""
    return Attempts(20, 3)


def uses_of_a_code() -> Attempts:
    """60 uses, then one each second."""
    return Attempts(60, 1)


class ClaimAttempts:
    """Counts them in memory, where a code is a keyed hash. A code that nobody has is counted as a known one is.

    `proxies` of our own stand in front and append to `X-Forwarded-For`.
    """

    def __init__(self, proxies: int = 0, failures: Attempts | None = None, uses: Attempts | None = None) -> None:
        self._proxies = proxies
        self._failures = failures_of_an_address() if failures is None else failures
        self._uses = uses_of_a_code() if uses is None else uses
        self._blind = secrets.token_bytes(32)

    def take(self, request: web.Request, code: str) -> None:
        """One attempt, a failure until it is called none. Raises Problem (429) that says when to come again."""
        _demand(self._failures.take(address_of(request, self._proxies)))
        _demand(self._uses.take(self._blinded(code)))

    def no_failure(self, request: web.Request) -> None:
        """The code that this request tried was right: its address has not failed."""
        self._failures.give_back(address_of(request, self._proxies))

    def _blinded(self, code: str) -> bytes:
        """What stands for a code in memory: a keyed hash of it, however it is spelt."""
        try:
            spelt = canonical(code)
        except NotAClaimCode:
            spelt = code.encode(errors="surrogateescape")
        return hmac.digest(self._blind, spelt, "sha256")


def _demand(wait: int) -> None:
    if wait:
        raise Problem(
            429,
            "too-many-attempts",
            "Too many attempts",
            f"Come again in {wait} s.",
            headers={"Retry-After": str(wait)},
        )
