"""Access tokens of issuers outside, accepted by configuration: RFC 9068 with keys that the operator was given.

The configuration is JSON, one object for each issuer:

    [{"issuer": "https://login.acme.example", "keys": "acme-keys.json", "organisations": {"hr-platform": "acme"}}]

`keys` is a file with a JWK Set (RFC 7517), beside the configuration if it is relative, or the URL at which the issuer
publishes it, such as https://login.acme.example/.well-known/jwks.json. `organisations` says which
organisation each value of the `claim` (`client_id` unless it says otherwise) speaks for: an issuer can name no other.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import msgspec
from aiohttp import web
from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning

from infra.http.outside import Outside
from infra.http.problems import Handler
from schemas.access_token import SCOPES
from services.intake.organisations.access_tokens import AUDIENCE, Grant, unauthorised
from services.intake.organisations.issuer_keys import IssuerKeys, KeysInFile, KeysPublished

ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "Ed25519", "EdDSA"]
"""Signatures alone: a shared secret would let the issuer's key be taken for one (RFC 8725, 3.1).

`EdDSA` leaves the curve to the key, which is one that the operator was given; RFC 9864 names the curve instead, and
issuers go on with the former name (RFC 8037).
"""
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)


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
        """Raises Problem: 401, or 503 where its issuer's keys could not be fetched."""


class OutsideIssuer:
    """One issuer's tokens."""

    def __init__(self, issuer: Issuer, keys: IssuerKeys) -> None:
        self._issuer = issuer
        self._keys = keys
        essential: dict[str, Any] = {name: {"essential": True} for name in ("exp", "iat", "sub", "scope")}
        essential |= {"iss": {"essential": True, "value": issuer.issuer}}
        essential |= {"aud": {"essential": True, "value": issuer.audience}}
        self._claims = jwt.JWTClaimsRegistry(leeway=30, **essential)

    async def look(self, kid: str | None) -> None:
        """As `IssuerKeys.look`."""
        await self._keys.look(kid)

    def grant(self, token: str) -> Grant:
        """As `Grants.grant`; scopes that there are none of here count for nothing."""
        keys = self._keys.held()
        try:
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
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

    def __init__(self, own: Grants, outside: Mapping[str, OutsideIssuer]) -> None:
        self._own = own
        self._outside = outside

    def grant(self, token: str) -> Grant:
        """As `Grants.grant`; who is said to have issued it only chooses the keys that it is then checked by."""
        return self._outside.get(_said(token).issuer, self._own).grant(token)

    @web.middleware
    async def look(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Have the keys of the issuer whose token is shown, before it is checked."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if self._outside and scheme.lower() == "bearer":
            said = _said(token.strip())
            if issuer := self._outside.get(said.issuer):
                await issuer.look(said.kid)
        return await handler(request)


def read_issuers(configuration: Path | None, outside: Outside) -> dict[str, OutsideIssuer]:
    """The issuers by name. Raises msgspec.DecodeError, ValueError or OSError for what is no configuration."""
    if configuration is None:
        return {}
    issuers = msgspec.json.decode(configuration.read_bytes(), type=list[Issuer])
    return {one.issuer: OutsideIssuer(one, _keys(configuration.parent, one.keys, outside)) for one in issuers}


def _keys(beside: Path, place: str, outside: Outside) -> IssuerKeys:
    return KeysPublished(place, outside) if "://" in place else KeysInFile(beside / place)


@dataclass(frozen=True, slots=True)
class _Said:
    """What an unchecked token says of itself."""

    issuer: str = ""
    kid: str | None = None


def _said(token: str) -> _Said:
    try:
        unchecked = jws.extract_compact(token.encode())
        claims = msgspec.json.decode(unchecked.payload)
    except (JoseError, ValueError, RecursionError):
        return _Said()
    kid = unchecked.headers().get("kid")
    return _Said(str(claims.get("iss")) if isinstance(claims, dict) else "", kid if isinstance(kid, str) else None)
