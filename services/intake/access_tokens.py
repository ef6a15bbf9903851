"""Access tokens for HR platforms: OAuth 2.0 client credentials (RFC 6749, 4.4) giving JWTs as in RFC 9068."""

import os
import secrets
import time
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from infra.crypto.root_key import secret_made_once
from infra.http.problems import Problem

LIFETIME_SECONDS = 600
AUDIENCE = "careerpulse"
SCOPE = "assessments"
_ALGORITHM = "Ed25519"


class AccessTokens:
    """Issues and checks this deployment's tokens, signed with the Ed25519 key in `key_file`."""

    def __init__(self, key_file: Path, issuer: str) -> None:
        self._key = _signing_key(secret_made_once(key_file, os.urandom(32)))
        self._issuer = issuer
        self._claims = jwt.JWTClaimsRegistry(
            leeway=30,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            sub={"essential": True},
        )

    def issue(self, tenant: str) -> dict[str, object]:
        """The body of a token response for an organisation that has proved who it is."""
        issued_at = int(time.time())
        claims = {
            "iss": self._issuer,
            "sub": tenant,
            "client_id": tenant,
            "aud": AUDIENCE,
            "iat": issued_at,
            "exp": issued_at + LIFETIME_SECONDS,
            "jti": secrets.token_hex(16),
            "scope": SCOPE,
        }
        token = jwt.encode({"alg": _ALGORITHM, "typ": "at+jwt"}, claims, self._key, algorithms=[_ALGORITHM])
        return {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME_SECONDS, "scope": SCOPE}

    def tenant(self, token: str) -> str:
        """The organisation that a token was issued to. Raises Problem (401)."""
        try:
            decoded = jwt.decode(token, self._key, algorithms=[_ALGORITHM])
            self._claims.validate(decoded.claims)
        except (JoseError, ValueError, RecursionError) as error:
            raise unauthorised("invalid_token", f"The access token does not hold: {type(error).__name__}.") from None
        if decoded.header.get("typ") != "at+jwt":
            raise unauthorised("invalid_token", "The token is not an access token (typ at+jwt).")
        return str(decoded.claims["sub"])


def unauthorised(code: str, detail: str) -> Problem:
    """401 with the challenge of RFC 6750."""
    challenge = f'Bearer realm="careerpulse", error="{code}"'
    return Problem(401, "unauthorised", "Not authorised", detail, headers={"WWW-Authenticate": challenge})


def _signing_key(seed: bytes) -> OKPKey:
    private = Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return OKPKey.import_key(private)
