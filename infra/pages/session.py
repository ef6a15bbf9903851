"""The session: a few values that only this service reads, in a cookie sealed with AES-256-GCM.

Nothing of a session is kept on the server, so any instance serves it. It ends by itself after `LIFETIME_SECONDS`
without a request. A value that must be revocable at once is an id of something stored.
"""

import base64
import binascii
import json
import os
import secrets
import time
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LIFETIME_SECONDS = 1800
_RENEW_SECONDS = LIFETIME_SECONDS // 6
_NONCE = 12
_LONGEST = 3500


@dataclass(slots=True)
class Session:
    """`id` is random for each session; the empty id is no session. Change `values` by `begin`, `put` and `end`."""

    id: str = ""
    values: dict[str, str] = field(default_factory=dict)
    changed: bool = False

    def __bool__(self) -> bool:
        return bool(self.id)

    def begin(self, **values: str) -> None:
        """Begin anew, under a new id: what was known of an earlier session is of no use (session fixation)."""
        self.id, self.values, self.changed = secrets.token_urlsafe(16), values, True

    def put(self, **values: str) -> None:
        """Add values to the session that there is."""
        self.values.update(values)
        self.changed = True

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def end(self) -> None:
        """Forget it."""
        self.id, self.values, self.changed = "", {}, True


class Sealer:
    """Writes sessions into cookies and reads them. `secret` has 32 bytes, `name` is the cookie's."""

    def __init__(self, secret: bytes, name: str) -> None:
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, b"careerpulse/session/v1").derive(secret))
        self._bound = name.encode()

    def sealed(self, session: Session) -> str:
        """The cookie's value. Raises ValueError where a browser would drop it for its length."""
        told = {"id": session.id, "at": int(time.time()), "values": session.values}
        body = json.dumps(told, ensure_ascii=False).encode()
        nonce = os.urandom(_NONCE)
        value = base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, body, self._bound)).decode()
        if len(value) > _LONGEST:
            raise ValueError(f"a session of {len(value)} characters does not fit into a cookie")
        return value

    def opened(self, value: str | None) -> Session:
        """The session, or none where the cookie is missing, changed, another service's or too old."""
        if not value or len(value) > _LONGEST:
            return Session()
        try:
            raw = base64.b64decode(value, altchars=b"-_", validate=True)
            body = json.loads(self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], self._bound))
        except (binascii.Error, ValueError, InvalidTag):
            return Session()
        age = int(time.time()) - body["at"]
        if age > LIFETIME_SECONDS:
            return Session()
        return Session(body["id"], body["values"], changed=age > _RENEW_SECONDS)
