"""`POST /v1/oauth/token`, and the keys that access tokens are verified with."""

import base64
from collections.abc import Mapping, Sequence

from aiohttp import web

from infra.http.body import expect, in_time
from infra.http.operation import json_of, operation
from schemas.access_token import TokenAnswer, TokenRefused, TokenRequest
from services.intake.organisations.access_tokens import AccessTokens, UnknownScope
from services.intake.organisations.callers import Callers
from services.intake.organisations.register import Organisations


class TokensApi:
    """The handlers."""

    def __init__(self, callers: Callers, organisations: Organisations, tokens: AccessTokens) -> None:
        self._callers = callers
        self._organisations = organisations
        self._tokens = tokens

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/.well-known/jwks.json", self.keys), web.post("/v1/oauth/token", self.token)]

    @operation(
        name="issue_token",
        takes={"application/x-www-form-urlencoded": TokenRequest},
        answers={200: json_of(TokenAnswer), 400: json_of(TokenRefused), 401: json_of(TokenRefused)},
        problems=(408, 413, 415, 429),
    )
    async def token(self, request: web.Request) -> web.Response:
        """An access token for an organisation's client credentials (RFC 6749, 4.4)."""
        expect(request, "application/x-www-form-urlencoded")
        try:
            form = await in_time(request.post())
        except (ValueError, LookupError):
            return _refused(400, "invalid_request", "The form is not in UTF-8.")
        if "grant_type" not in form:
            return _refused(400, "invalid_request", "grant_type is missing; it is client_credentials.")
        if form["grant_type"] != "client_credentials":
            return _refused(400, "unsupported_grant_type", "grant_type is client_credentials.")
        credentials = _credentials(request, form)
        if credentials is None or not await self._organisations.authenticated(*credentials):
            return _refused(401, "invalid_client", "The client id or its secret is wrong.")
        self._callers.proved(request, credentials[0])
        try:
            granted = self._tokens.issue(credentials[0], str(form.get("scope", "")))
        except UnknownScope as error:
            return _refused(400, "invalid_scope", str(error))
        return web.json_response(granted, headers={"Cache-Control": "no-store"})

    @operation(name="token_keys", answers={200: json_of({"type": "object"}, "A JWK Set (RFC 7517).")})
    async def keys(self, _: web.Request) -> web.Response:
        """The keys that access tokens are signed with: the present one, and the one before it."""
        return web.json_response(self._tokens.published(), headers={"Cache-Control": "public, max-age=300"})


def _refused(status: int, error: str, description: str) -> web.Response:
    """Why there is no token (RFC 6749, 5.2)."""
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="careerpulse"'
    body = {"error": error, "error_description": description}
    return web.json_response(body, status=status, headers=headers)


def _credentials(request: web.Request, form: Mapping[str, object]) -> tuple[str, str] | None:
    """Client id and secret, from HTTP Basic or from the form (RFC 6749, 2.3.1); None where they are malformed."""
    header = request.headers.get("Authorization", "")
    if header.lower().startswith("basic "):
        try:
            decoded = base64.b64decode(header[6:], validate=True).decode()
        except ValueError:
            return None
        client_id, _, client_secret = decoded.partition(":")
        return client_id, client_secret
    return str(form.get("client_id", "")), str(form.get("client_secret", ""))
