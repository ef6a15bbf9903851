"""The admin socket: what the operator may do. Whoever can open the socket is the operator."""

from collections.abc import Sequence

import msgspec
from aiohttp import web

from infra.http.problems import Problem, problem_details
from services.audit.officers.register import Officers
from services.audit.officers.roles import Role
from services.audit.officers.tokens import Tokens


class NewOfficer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An officer as they are registered."""

    name: str
    role: Role


class Admin:
    """The handlers."""

    def __init__(self, officers: Officers, tokens: Tokens) -> None:
        self._officers = officers
        self._tokens = tokens

    def application(self, others: Sequence[web.RouteDef] = ()) -> web.Application:
        """All routes, and those of other parts."""
        app = web.Application(middlewares=[problem_details])
        app.add_routes(
            [
                web.get("/officers", self.listed),
                web.post("/officers", self.add),
                web.delete("/officers/{name}", self.remove),
                web.post("/officers/{name}/token", self.issue),
                web.delete("/officers/{name}/token", self.revoke),
                *others,
            ]
        )
        return app

    async def listed(self, _: web.Request) -> web.Response:
        """All officers."""
        return web.json_response({"officers": await self._officers.every()})

    async def add(self, request: web.Request) -> web.Response:
        """Register an officer; answers with the first password and the TOTP secret, once."""
        try:
            new = msgspec.json.decode(await request.read(), type=NewOfficer)
        except msgspec.DecodeError as error:
            raise Problem(422, "invalid", "Not an officer", str(error)) from None
        admission = await self._officers.add(new.name, new.role)
        return web.json_response({"password": admission.password, "uri": admission.uri}, status=201)

    async def remove(self, request: web.Request) -> web.Response:
        """Let an officer in no more."""
        await self._officers.remove(request.match_info["name"])
        return web.json_response({})

    async def issue(self, request: web.Request) -> web.Response:
        """Make a token for the interface, which is told this once; an earlier one ends."""
        return web.json_response({"token": await self._tokens.issue(request.match_info["name"])}, status=201)

    async def revoke(self, request: web.Request) -> web.Response:
        """End an officer's token."""
        await self._tokens.revoke(request.match_info["name"])
        return web.json_response({})
