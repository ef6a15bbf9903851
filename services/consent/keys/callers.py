"""Who may ask the key API for what: each service has a token of its own, and with it certain calls and purposes."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from infra.crypto.root_key import read_secret
from infra.http.problems import Problem
from schemas.keys import TenantDomain
from schemas.purposes import Purpose

Call = Literal["create", "release", "resolve", "register", "employees", "holds", "oversee", "ask-reviews"]
_SHORTEST_TOKEN = 32


@dataclass(frozen=True, slots=True)
class Caller:
    """A service that asks, and what it may ask for."""

    service: str
    calls: frozenset[Call]
    purposes: frozenset[Purpose]
    domains: frozenset[TenantDomain] = frozenset()
    """For which it gets keys of whole organisations."""

    def demand(self, call: Call) -> None:
        """Raise a 403 where this call is not for this service."""
        if call not in self.calls:
            raise Problem(403, "not-entitled", "Not entitled", f"{self.service} may not call {call}.")

    def demand_purpose(self, purpose: Purpose) -> None:
        """Raise a 403 where keys for this purpose are not for this service."""
        self.demand("release")
        if purpose not in self.purposes:
            raise Problem(403, "not-entitled", "Not entitled", f"{self.service} gets no keys for {purpose}.")

    def demand_domain(self, domain: TenantDomain) -> None:
        """Raise a 403 where keys of organisations for this domain are not for this service."""
        if domain not in self.domains:
            raise Problem(403, "not-entitled", "Not entitled", f"{self.service} gets no organisation's {domain} key.")


CALLERS = (
    Caller(
        "intake",
        frozenset({"create", "release", "resolve", "register", "employees", "holds"}),
        frozenset({"access", "delivery", "delivery-detail", "draft", "portability"}),
        frozenset({"workforce"}),
    ),
    Caller("scoring", frozenset({"release", "ask-reviews"}), frozenset({"scoring"})),
    Caller(
        "audit",
        frozenset({"release", "oversee"}),
        frozenset({"review", "access", "statistics"}),
        frozenset({"statistics"}),
    ),
)


class Doorkeeper:
    """Recognises callers by their tokens, compared in constant time."""

    def __init__(self, tokens: Mapping[str, bytes]) -> None:
        self._tokens = tuple((caller, tokens[caller.service]) for caller in CALLERS)

    def caller(self, authorization: str | None) -> Caller:
        """Whose token this is. Raises a 401."""
        scheme, _, token = (authorization or "").partition(" ")
        found = [caller for caller, known in self._tokens if hmac.compare_digest(known, token.encode())]
        if scheme.lower() != "bearer" or not found:
            raise Problem(
                401,
                "no-token",
                "Not authenticated",
                "Send the service's own token: Authorization: Bearer TOKEN.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        return found[0]


def doorkeeper(secrets_dir: Path) -> Doorkeeper:
    """The doorkeeper for the tokens in `<service>.token`.

    Raises RootKeyError where one is missing or open to others, ValueError where it can be guessed.
    """
    tokens = {caller.service: read_secret(secrets_dir / f"{caller.service}.token").strip() for caller in CALLERS}
    short = [service for service, token in tokens.items() if len(token) < _SHORTEST_TOKEN]
    if short:
        raise ValueError(
            f"{secrets_dir}/{short[0]}.token is shorter than {_SHORTEST_TOKEN} characters; make a new one"
        )
    return Doorkeeper(tokens)
