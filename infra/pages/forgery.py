"""Requests that another site makes a visitor send (cross-site request forgery).

A form is taken from our own pages only, told by `Sec-Fetch-Site` and `Origin`; where there is a session, its form
also carries a token made from the session's id. Tokens differ each time they are drawn (against BREACH).
"""

import hmac
import secrets
from urllib.parse import urlsplit

from aiohttp import web

FIELD = "csrf"
_NONCE_CHARACTERS = 16


class Tokens:
    """Makes and checks the tokens of a session."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"careerpulse/csrf/v1", "sha256")

    def token(self, session_id: str) -> str:
        """A new token; empty without a session."""
        return self._made(session_id, secrets.token_hex(_NONCE_CHARACTERS // 2)) if session_id else ""

    def fits(self, session_id: str, token: str) -> bool:
        """Whether the token was made for this session."""
        nonce = token[:_NONCE_CHARACTERS]
        return hmac.compare_digest(self._made(session_id, nonce).encode(), token.encode())

    def _made(self, session_id: str, nonce: str) -> str:
        return nonce + hmac.digest(self._key, f"{nonce}:{session_id}".encode(), "sha256").hex()


def from_our_own_page(request: web.Request, address: str) -> bool:
    """Whether the request comes from a page under the same host as it asks, or as the service's address.

    Where a browser says neither, it is older than both headers or no browser; then the token alone decides.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc in (request.host, urlsplit(address).netloc)
