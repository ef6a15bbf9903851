"""JWE as it lies in the topics: compact, ECDH-ES with A256GCM (RFC 7516, RFC 7518 4.6), by joserfc.

Of what comes in, `iss` in the protected header names the organisation, so that nobody's ciphertext means anything in
another's topic.
"""

from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey, OKPKey
from joserfc.registry import HeaderParameter

from infra.crypto.root_key import secret_made_once

ALGORITHM, ENCRYPTION = "ECDH-ES", "A256GCM"
CONTENT_TYPE = "application/jose"
_REGISTRY = JWERegistry(
    header_registry={"iss": HeaderParameter("Issuer", "str", required=True)}, algorithms=[ALGORITHM, ENCRYPTION]
)
_CURVES = ("P-256", "X25519")


class NotSealed(Exception):
    """A value that is no JWE for us from this organisation. Says what would be right."""


class NotAKey(ValueError):
    """A JWK that nothing can be sealed to. Says what would be right."""


class InboundKey:
    """Intake's own key, of which platforms seal to the public half."""

    def __init__(self, key_file: Path) -> None:
        fresh = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._key = ECKey.import_key(secret_made_once(key_file, fresh))

    def published(self) -> dict[str, Any]:
        """The public half as a JWK Set (RFC 7517)."""
        key = {**self._key.as_dict(private=False), "use": "enc", "alg": ALGORITHM, "kid": self._key.thumbprint()}
        return {"keys": [key]}

    def opened(self, value: bytes, tenant: str) -> bytes:
        """What the organisation sealed. Raises NotSealed."""
        try:
            found = jwe.decrypt_compact(value, self._key, registry=_REGISTRY)
        except (JoseError, ValueError, TypeError) as error:
            raise NotSealed(
                f"It does not open ({type(error).__name__}). Right is a compact JWE with alg {ALGORITHM}, "
                f"enc {ENCRYPTION} and iss, to the key at /.well-known/inbound-keys.json."
            ) from None
        if found.protected.get("iss") != tenant:
            raise NotSealed(f"Its iss is another organisation's; here it is {tenant}.")
        return found.plaintext or b""


class OrganisationKey:
    """The public key that an organisation has registered, as a JWK."""

    def __init__(self, document: str | bytes) -> None:
        try:
            key = orjson.loads(document)
            if not isinstance(key, dict) or "d" in key or key.get("crv") not in _CURVES:
                raise ValueError
            self._key: ECKey | OKPKey = ECKey.import_key(key) if key["crv"] == "P-256" else OKPKey.import_key(key)
            self._header = {"alg": ALGORITHM, "enc": ENCRYPTION}
            if isinstance(kid := key.get("kid"), str):
                self._header["kid"] = kid
            self.sealed(b"{}")
        except (ValueError, KeyError, TypeError, JoseError):
            raise NotAKey(f"Must be a public JWK on {' or '.join(_CURVES)}, without its private half.") from None

    def sealed(self, plaintext: bytes) -> bytes:
        """For the organisation's eyes alone."""
        return jwe.encrypt_compact(self._header, plaintext, self._key, algorithms=[ALGORITHM, ENCRYPTION]).encode()
