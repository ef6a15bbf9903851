"""The key API: how intake, scoring and audit get keys, on a Unix socket of its own; see schemas/keys.py."""

from typing import TypeVar

import msgspec
from aiohttp import web

from infra.http.problems import Problem, problem_details
from schemas.faults import Fault
from schemas.keys import (
    BATCH,
    AskHolds,
    AskReviews,
    CreateKeys,
    EndTenant,
    HeldAliases,
    RegisterTenant,
    ReleaseKeys,
    ReleaseTenants,
    ResolveClaim,
    ResolvedClaim,
    TenantKeys,
)
from schemas.request_clocks import AskForClocks
from services.consent.controllers.employee_desk import EmployeeDesk
from services.consent.controllers.tenants import UnknownTenant
from services.consent.keys.callers import Doorkeeper
from services.consent.rights.request_clocks import request_clocks
from services.consent.stores import Stores

_BODY_BYTES = 16 * 1024 * 1024
_INSTANCE_LENGTH = 64
_Asked = TypeVar(
    "_Asked",
    CreateKeys,
    ReleaseKeys,
    ReleaseTenants,
    ResolveClaim,
    RegisterTenant,
    EndTenant,
    AskHolds,
    AskForClocks,
    AskReviews,
)


class KeyApi:
    """The handlers."""

    def __init__(self, stores: Stores, doorkeeper: Doorkeeper, desk: EmployeeDesk) -> None:
        self._holds = stores.holds
        self._reviews = stores.reviews
        self._desk = desk
        self._keystore = stores.keystore
        self._tenants = stores.tenants
        self._clients = stores.key_clients
        self._database = stores.database
        self._doorkeeper = doorkeeper

    def application(self) -> web.Application:
        """The application to listen with."""
        application = web.Application(middlewares=[problem_details], client_max_size=_BODY_BYTES)
        application.add_routes(
            [
                web.post("/keys/create", self.create),
                web.post("/keys/release", self.release),
                web.post("/claims/resolve", self.resolve),
                web.post("/tenants/register", self.register),
                web.post("/tenants/end", self.end),
                web.post("/tenants/release", self.release_tenants),
                web.post("/holds/standing", self.holds),
                web.post("/employees/{call}", self.employees),
                web.post("/requests/open", self.open_requests),
                web.post("/reviews/ask", self.ask_reviews),
            ]
        )
        return application

    async def create(self, request: web.Request) -> web.Response:
        """CreateKeys → CreatedKeys."""
        caller = self._doorkeeper.caller(request.headers.get("Authorization"))
        caller.demand("create")
        asked = await _body(request, CreateKeys)
        _demand_size(len(asked.persons), "/persons")
        await self._clients.serve(caller.service, _instance(request))
        try:
            return _answer(await self._keystore.create(asked))
        except UnknownTenant as error:
            raise Problem(
                404, "unknown-tenant", "Unknown tenant", "This organisation is not registered; register it first."
            ) from error

    async def release(self, request: web.Request) -> web.Response:
        """ReleaseKeys → ReleasedKeys."""
        caller = self._doorkeeper.caller(request.headers.get("Authorization"))
        asked = await _body(request, ReleaseKeys)
        caller.demand_purpose(asked.purpose)
        _demand_size(len(asked.aliases), "/aliases")
        instance = _instance(request)
        await self._clients.serve(caller.service, instance)
        released = await self._keystore.release(asked)
        await self._clients.serve(caller.service, instance)
        return _answer(released)

    async def release_tenants(self, request: web.Request) -> web.Response:
        """ReleaseTenants → TenantKeys."""
        caller = self._doorkeeper.caller(request.headers.get("Authorization"))
        asked = await _body(request, ReleaseTenants)
        caller.demand_domain(asked.domain)
        _demand_size(len(asked.tenants), "/tenants")
        return _answer(TenantKeys(self._tenants.keys(asked.tenants, asked.domain)))

    async def resolve(self, request: web.Request) -> web.Response:
        """ResolveClaim → ResolvedClaim."""
        self._doorkeeper.caller(request.headers.get("Authorization")).demand("resolve")
        asked = await _body(request, ResolveClaim)
        return _answer(ResolvedClaim(await self._keystore.resolve(asked.claim_code)))

    async def register(self, request: web.Request) -> web.Response:
        """RegisterTenant → an empty object."""
        self._doorkeeper.caller(request.headers.get("Authorization")).demand("register")
        asked = await _body(request, RegisterTenant)
        try:
            await self._tenants.register(asked)
        except ValueError as error:
            raise Problem(422, "invalid", "Invalid request", faults=[Fault("/tenant", str(error))]) from error
        return _answer({})

    async def end(self, request: web.Request) -> web.Response:
        """EndTenant → an empty object."""
        self._doorkeeper.caller(request.headers.get("Authorization")).demand("register")
        asked = await _body(request, EndTenant)
        try:
            await self._tenants.end(asked.tenant)
        except UnknownTenant as error:
            raise Problem(422, "unknown-tenant", "Unknown tenant", "This organisation is not registered.") from error
        return _answer({})

    async def holds(self, request: web.Request) -> web.Response:
        """AskHolds → HeldAliases."""
        self._doorkeeper.caller(request.headers.get("Authorization")).demand("holds")
        asked = await _body(request, AskHolds)
        _demand_size(len(asked.aliases), "/aliases")
        held = await self._holds.among(asked.aliases)
        return _answer(HeldAliases(tuple(sorted(held))))

    async def employees(self, request: web.Request) -> web.Response:
        """InviteEmployee → Invited; AskForEmployee, ListWaiting and InstructRequest → ForwardedRequests."""
        self._doorkeeper.caller(request.headers.get("Authorization")).demand("employees")
        return _answer(await self._desk.answer(request.match_info["call"], await request.read()))

    async def ask_reviews(self, request: web.Request) -> web.Response:
        """AskReviews → an empty object."""
        self._doorkeeper.caller(request.headers.get("Authorization")).demand("ask-reviews")
        asked = await _body(request, AskReviews)
        _demand_size(len(asked.reviews), "/reviews")
        await self._reviews.ask(asked.reviews)
        return _answer({})

    async def open_requests(self, request: web.Request) -> web.Response:
        """AskForClocks → RequestClocks."""
        self._doorkeeper.caller(request.headers.get("Authorization")).demand("oversee")
        await _body(request, AskForClocks)
        return _answer(await request_clocks(self._database))


async def _body(request: web.Request, kind: type[_Asked]) -> _Asked:
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.ValidationError as error:
        # The library's message names the path and the type that was expected, never the value.
        raise Problem(422, "invalid", "Invalid request", str(error)) from error
    except msgspec.DecodeError as error:
        raise Problem(400, "malformed", "Malformed JSON", str(error)) from error


def _demand_size(number: int, pointer: str) -> None:
    if number > BATCH:
        raise Problem(
            422, "too-many", "Too many at once", faults=[Fault(pointer, f"{number}; at most {BATCH} in one call")]
        )


def _instance(request: web.Request) -> str:
    instance = request.headers.get("Instance", "")
    if not 0 < len(instance) <= _INSTANCE_LENGTH:
        raise Problem(
            400,
            "no-instance",
            "No instance",
            f"Name the process in the header Instance, 1 to {_INSTANCE_LENGTH} long.",
        )
    return instance


def _answer(document: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(document), content_type="application/json")
