"""Who asks of the interface: an officer by their own token, or whoever bears the shared one and may read entries.

The shared token is nobody's: it opens entries and their proofs, as an outsider who audits the log needs them, and
nothing that is sealed. What opens, exports, records or decides asks for an officer, whose name its entry binds.
"""

import hmac

from aiohttp import web

from infra.http.problems import Problem
from services.audit.acts import BEARER, By
from services.audit.officers.register import Officer
from services.audit.officers.roles import Right
from services.audit.officers.tokens import Tokens

_SHORTEST_TOKEN = 32


class Auditors:
    """Tells them by their `Authorization` header. ValueError for a shared token that could be guessed."""

    def __init__(self, shared: str, tokens: Tokens) -> None:
        if len(shared) < _SHORTEST_TOKEN:
            raise ValueError(f"the auditor's token has {len(shared)} characters; it needs {_SHORTEST_TOKEN} at least")
        self._shared = shared.encode()
        self._tokens = tokens

    async def reader(self, request: web.Request) -> By:
        """Who reads entries. Raises Problem (401, 403)."""
        token = _token(request)
        return BEARER if self._is_shared(token) else (await self._officer(token, "read")).by

    async def officer(self, request: web.Request, right: Right = "read") -> Officer:
        """The officer who asks, whose role has this right. Raises Problem (401, 403)."""
        token = _token(request)
        if self._is_shared(token):
            raise Problem(
                403,
                "shared-token",
                "An officer's own token is needed",
                "The shared token reads entries alone; 'careerpulse officer token NAME' makes an officer's own.",
            )
        return await self._officer(token, right)

    def _is_shared(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._shared)

    async def _officer(self, token: str, right: Right) -> Officer:
        officer = await self._tokens.bearer(token) if token else None
        if officer is None:
            raise Problem(
                401,
                "no-auditor",
                "An auditor's token is needed",
                "Send the token as 'Authorization: Bearer <token>'.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if not officer.may(right):
            raise Problem(403, "not-your-role", "Not part of your role", f"It needs the right to {right}.")
        return officer


def _token(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.isascii() else ""
