"""Access tokens of issuers outside, accepted by configuration: RFC 9068 with keys that the operator was given.

The configuration is JSON, one object for each issuer:

    [{"issuer": "https://login.acme.example", "keys": "acme-keys.json", "organisations": {"hr-platform": "acme"}}]

`keys` is a file with a JWK Set (RFC 7517), beside the configuration if it is relative. `organisations` says which
organisation each value of the `claim` (`client_id` unless it says otherwise) speaks for: an issuer can name no other.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from schemas.access_token import SCOPES
from services.intake.access_tokens import AUDIENCE, Grant, unauthorised

_ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "Ed25519"]
"""Signatures alone: a shared secret would let the issuer's key be taken for one (RFC 8725, 3.1)."""


class Issuer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An issuer as it is configured."""

    issuer: str
    keys: str
    organisations: dict[str, str]
    claim: str = "client_id"
    audience: str = AUDIENCE


class Grants(Protocol):
    """Tells whose token it is, and for what."""

    def grant(self, token: str) -> Grant:
        """Raises Problem (401)."""


class _Outside:
    """One issuer's tokens."""

    def __init__(self, issuer: Issuer, keys: KeySet) -> None:
        self._issuer = issuer
        self._keys = keys
        essential: dict[str, Any] = {name: {"essential": True} for name in ("exp", "iat", "sub", "scope")}
        essential |= {"iss": {"essential": True, "value": issuer.issuer}}
        essential |= {"aud": {"essential": True, "value": issuer.audience}}
        self._claims = jwt.JWTClaimsRegistry(leeway=30, **essential)

    def grant(self, token: str) -> Grant:
        """As `Grants.grant`; scopes that there are none of here count for nothing."""
        try:
            decoded = jwt.decode(token, self._keys, algorithms=_ALGORITHMS)
            self._claims.validate(decoded.claims)
        except (JoseError, ValueError, RecursionError) as error:
            raise unauthorised("invalid_token", f"The access token does not hold: {type(error).__name__}.") from None
        tenant = self._issuer.organisations.get(str(decoded.claims.get(self._issuer.claim)))
        if tenant is None or str(decoded.header.get("typ")).removeprefix("application/") != "at+jwt":
            raise unauthorised(
                "invalid_token", "This is no access token of an organisation that its issuer speaks for."
            )
        return Grant(tenant, frozenset(SCOPES).intersection(str(decoded.claims["scope"]).split()))


class TrustedTokens:
    """Our own tokens, and those of the issuers that are configured."""

    def __init__(self, own: Grants, outside: Mapping[str, Grants]) -> None:
        self._own = own
        self._outside = outside

    def grant(self, token: str) -> Grant:
        """As `Grants.grant`; who is said to have issued it only chooses the keys that it is then checked by."""
        return self._outside.get(_said_issuer(token), self._own).grant(token)


def read_issuers(configuration: Path | None) -> dict[str, Grants]:
    """The issuers by name. Raises msgspec.DecodeError, JoseError or OSError for what is no configuration."""
    if configuration is None:
        return {}
    issuers = msgspec.json.decode(configuration.read_bytes(), type=list[Issuer])
    return {one.issuer: _Outside(one, _key_set(configuration.parent / one.keys)) for one in issuers}


def _key_set(place: Path) -> KeySet:
    return KeySet.import_key_set(msgspec.json.decode(place.read_bytes()))


def _said_issuer(token: str) -> str:
    try:
        claims = msgspec.json.decode(jws.extract_compact(token.encode()).payload)
    except (JoseError, ValueError, RecursionError):
        return ""
    return str(claims.get("iss")) if isinstance(claims, dict) else ""
