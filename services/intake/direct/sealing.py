"""JWE as it lies in the topics: compact, ECDH-ES with A256GCM (RFC 7516, RFC 7518 4.6), by joserfc.

Intake's key is rotated with an overlap: what was sealed to the former one opens until the next rotation, which has
to wait until nothing of it is left in the topics. Of what comes in, `iss` in the protected header names the
organisation, so that nobody's ciphertext means anything in another's topic.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
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

from infra.clock import now, written
from infra.crypto.rotated import Rotated
from schemas.direct import ALGORITHM, ENCRYPTION
from schemas.topics import DIRECT_HOURS, SEGMENT_HOURS

KEPT_SECONDS = 3_600
"""So long may a platform keep the published key."""
OVERLAP = timedelta(hours=DIRECT_HOURS + SEGMENT_HOURS, seconds=KEPT_SECONDS)
"""So long after a rotation records may lie in a topic that are sealed to the former key."""


class _Registry(JWERegistry):
    """Takes the largest hand-in that HTTP takes, as it is when it is sealed; the library's own bound is less."""

    max_ciphertext_length = 128 * 1024


_REGISTRY = _Registry(
    header_registry={"iss": HeaderParameter("Issuer", "str", required=True)}, algorithms=[ALGORITHM, ENCRYPTION]
)
_CURVES = ("P-256", "X25519")


class NotSealed(Exception):
    """A value that is no JWE for us from this organisation. Says what would be right."""


class NotAKey(ValueError):
    """A JWK that nothing can be sealed to. Says what would be right."""


class TooEarly(Exception):
    """The former key may still be needed. Says until when."""


class InboundKey:
    """Intake's own key, of which platforms seal to the public half."""

    def __init__(self, key_file: Path, clock: Callable[[], datetime] = now) -> None:
        self._keys = Rotated(key_file, _fresh, ECKey.import_key)
        self._clock = clock

    def published(self) -> dict[str, Any]:
        """The public half of the one to seal to, as a JWK Set (RFC 7517)."""
        key = self._keys.present
        return {"keys": [{**key.as_dict(private=False), "use": "enc", "alg": ALGORITHM, "kid": key.thumbprint()}]}

    def rotate(self) -> str:
        """Publish a new key from now on; what is sealed to the former one opens until the next rotation.

        Gives the new key's id. Raises TooEarly.
        """
        since = self._keys.since
        if since is not None and self._clock() < since + OVERLAP:
            raise TooEarly(f"Records sealed to the former key may lie unread until {written(since + OVERLAP)}.")
        return self._keys.rotate().thumbprint()

    def opened(self, value: bytes, tenant: str) -> bytes:
        """What the organisation sealed. Raises NotSealed."""
        found = self._decrypted(value)
        if found.protected.get("iss") != tenant:
            raise NotSealed(f"Its iss is another organisation's; here it is {tenant}.")
        return found.plaintext or b""

    def _decrypted(self, value: bytes) -> jwe.CompactEncryption:
        failed = ""
        for key in self._keys.keys:
            try:
                return jwe.decrypt_compact(value, key, registry=_REGISTRY)
            except Exception as error:  # a stranger wrote it: however the library fails, it does not open
                failed = failed or type(error).__name__
        raise NotSealed(
            f"It does not open ({failed}). Right is a compact JWE with alg {ALGORITHM}, "
            f"enc {ENCRYPTION} and iss, to the key at /.well-known/inbound-keys.json."
        )


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


def _fresh() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
