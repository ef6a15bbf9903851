"""Who may read entries: the bearer of the auditor's token."""

import hmac

from aiohttp import web

from infra.http.problems import Problem

_SHORTEST_TOKEN = 32


class Auditors:
    """Tells auditors by their `Authorization` header. ValueError for a token that could be guessed."""

    def __init__(self, token: str) -> None:
        if len(token) < _SHORTEST_TOKEN:
            raise ValueError(f"the auditor's token has {len(token)} characters; it needs {_SHORTEST_TOKEN} at least")
        self._token = token.encode()

    def demand(self, request: web.Request) -> None:
        """Raise a Problem (401) unless an auditor asks."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token):
            raise Problem(
                401,
                "no-auditor",
                "An auditor's token is needed",
                "Send the auditor's token as 'Authorization: Bearer <token>'.",
                headers={"WWW-Authenticate": "Bearer"},
            )
