"""Access tokens for HR platforms: OAuth 2.0 client credentials (RFC 6749, 4.4) giving JWTs as in RFC 9068.

Two keys hold at a time: the one that signs, and the one that signed before it, so that what was issued under it goes
on to its end. Both are published as a JWK Set (RFC 7517), named by their thumbprints (RFC 7638).
"""

import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from infra.crypto.rotated import Rotated
from infra.http.problems import Problem
from schemas.access_token import SCOPES

LIFETIME_SECONDS = 600
AUDIENCE = "careerpulse"
_ALGORITHM = "Ed25519"


class UnknownScope(ValueError):
    """A scope that there is none of. Says which there are."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Whose token it is, and for what."""

    tenant: str
    scopes: frozenset[str]


class AccessTokens:
    """Issues and checks this deployment's tokens, signed with the Ed25519 key in `key_file`."""

    def __init__(self, key_file: Path, issuer: str) -> None:
        self._keys = Rotated(key_file, lambda: os.urandom(32), _signing_key)
        self._issuer = issuer
        self._claims = jwt.JWTClaimsRegistry(
            leeway=30,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            client_id={"essential": True},
            jti={"essential": True},
            scope={"essential": True},
        )

    def issue(self, tenant: str, wanted: str = "") -> dict[str, object]:
        """The body of a token response for an organisation that has proved who it is. Raises UnknownScope.

        `wanted` are scopes with spaces between; none means all.
        """
        scopes = wanted.split() or list(SCOPES)
        if unknown := [scope for scope in scopes if scope not in SCOPES]:
            raise UnknownScope(f"{len(unknown)} of the scopes is unknown; there are {', '.join(SCOPES)}")
        issued_at = int(time.time())
        claims = {
            "iss": self._issuer,
            "sub": tenant,
            "client_id": tenant,
            "aud": AUDIENCE,
            "iat": issued_at,
            "exp": issued_at + LIFETIME_SECONDS,
            "jti": secrets.token_hex(16),
            "scope": " ".join(dict.fromkeys(scopes)),
        }
        key = self._keys.present
        header = {"alg": _ALGORITHM, "typ": "at+jwt", "kid": key.thumbprint()}
        token = jwt.encode(header, claims, key, algorithms=[_ALGORITHM])
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": LIFETIME_SECONDS,
            "scope": claims["scope"],
        }

    def grant(self, token: str) -> Grant:
        """Whose token this is and for what. Raises Problem (401)."""
        try:
            decoded = jwt.decode(token, KeySet([*self._keys.keys]), algorithms=[_ALGORITHM])
            self._claims.validate(decoded.claims)
        except (JoseError, ValueError, RecursionError) as error:
            raise unauthorised("invalid_token", f"The access token does not hold: {type(error).__name__}.") from None
        if decoded.header.get("typ") != "at+jwt":
            raise unauthorised("invalid_token", "The token is not an access token (typ at+jwt).")
        return Grant(str(decoded.claims["sub"]), frozenset(str(decoded.claims["scope"]).split()))

    def published(self) -> dict[str, Any]:
        """The public keys as a JWK Set."""
        named = {"alg": _ALGORITHM, "use": "sig"}
        return {"keys": [key.as_dict(private=False) | named for key in self._keys.keys]}

    def rotate(self) -> str:
        """Sign with a new key from now on; the former one holds until the next rotation. Gives the new key's id."""
        return self._keys.rotate().thumbprint()


def unauthorised(code: str, detail: str) -> Problem:
    """401 with the challenge of RFC 6750."""
    challenge = f'Bearer realm="careerpulse", error="{code}"'
    return Problem(401, "unauthorised", "Not authorised", detail, headers={"WWW-Authenticate": challenge})


def ended() -> Problem:
    """401 for what was issued before the contract ended (RFC 6750, 3.1: it is revoked)."""
    told = unauthorised("invalid_token", "The organisation's contract has ended, and its people were erased.")
    told.kind, told.title = "organisation-ended", "The contract has ended"
    return told


def disabled() -> Problem:
    """401 for what was issued before the operator disabled the organisation."""
    told = unauthorised("invalid_token", "The organisation is disabled; its operator gives it a new secret.")
    told.kind, told.title = "organisation-disabled", "The organisation is disabled"
    return told


def insufficient(scope: str) -> Problem:
    """403 with the challenge of RFC 6750, 3.1."""
    challenge = f'Bearer realm="careerpulse", error="insufficient_scope", scope="{scope}"'
    detail = f"This needs a token with the scope {scope}."
    return Problem(403, "insufficient-scope", "Not in the scope", detail, headers={"WWW-Authenticate": challenge})


def _signing_key(seed: bytes) -> OKPKey:
    private = Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = OKPKey.import_key(private)
    key.ensure_kid()
    return key
