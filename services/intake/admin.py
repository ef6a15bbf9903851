"""The admin socket: what the operator may do. Whoever can open the socket is the operator."""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
import orjson
from aiohttp import web
from aiokafka.errors import KafkaError

from infra.http.problems import Problem, invalid, not_found, problem_details, unavailable
from infra.keys.client import KeyClient, KeysRefused, KeysUnavailable
from infra.local.topics import TopicError
from schemas.boundary import EXCEPTIONAL, Use
from schemas.decoding import Decoder
from schemas.faults import Faulty
from schemas.keys import RegisterTenant
from schemas.purposes import SANDBOX, LegalBasis, is_sandbox
from schemas.signal import Signal
from services.intake.boundaries.store import Boundaries
from services.intake.direct.channels import Channels
from services.intake.direct.sealing import InboundKey, NotAKey, TooEarly
from services.intake.market_signals import MarketSignals
from services.intake.organisations.access_tokens import AccessTokens
from services.intake.organisations.partner_keys import PartnerKeys
from services.intake.organisations.register import Organisations, Terms

_SIGNAL: Decoder[Any] = Decoder(Signal)


class NewOrganisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation as it is registered: as controller with the ledger, and as client here."""

    tenant: str
    name: str
    legal_basis: LegalBasis
    notice: str
    contact: str = ""
    agreement: str | None = None
    instructs: tuple[str, ...] = ()
    research: bool = False
    sandbox: bool = False

    def terms(self) -> RegisterTenant:
        """As the ledger registers it."""
        return RegisterTenant(
            self.tenant,
            self.name,
            self.legal_basis,
            self.notice,
            self.contact,
            self.agreement,
            self.instructs,
            self.research,
        )


class AllowedUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an organisation may set a boundary for a use that is refused otherwise."""

    reason: Annotated[str, msgspec.Meta(min_length=10, max_length=1_000)]


class Admin:
    """The handlers."""

    def __init__(
        self,
        organisations: Organisations,
        tokens: AccessTokens,
        keys: KeyClient,
        signals: MarketSignals,
        *,
        boundaries: Boundaries,
        direct: Channels,
        inbound_key: InboundKey,
        partner_keys: PartnerKeys,
    ) -> None:
        self._organisations = organisations
        self._tokens = tokens
        self._keys = keys
        self._signals = signals
        self._boundaries = boundaries
        self._direct = direct
        self._inbound_key = inbound_key
        self._partner_keys = partner_keys

    def application(self) -> web.Application:
        """All routes."""
        app = web.Application(middlewares=[problem_details])
        app.add_routes(
            [
                web.post("/organisations", self.add_organisation),
                web.post("/organisations/{tenant}/end", self.end_organisation),
                web.get("/organisations", self.organisations),
                web.post("/organisations/{tenant}/secret", self.rotate),
                web.post("/organisations/{tenant}/partner-key/{overlap:[0-9]{1,4}}", self.renew_partner_key),
                web.post("/organisations/{tenant}/disable", self.disable),
                web.put("/organisations/{tenant}/uses/{use}", self.allow_use),
                web.delete("/organisations/{tenant}/uses/{use}", self.refuse_use),
                web.post("/token-key", self.rotate_token_key),
                web.post("/inbound-key", self.rotate_inbound_key),
                web.put("/organisations/{tenant}/kafka", self.open_topics),
                web.get("/signals", self.signals),
                web.post("/signals", self.add_signal),
                web.delete("/signals/{id:[a-z0-9-]{1,60}}", self.remove_signal),
            ]
        )
        return app

    async def add_organisation(self, request: web.Request) -> web.Response:
        """Register an organisation, or give it a new secret; answers with the credentials, once."""
        try:
            new = msgspec.json.decode(await request.read(), type=NewOrganisation)
        except msgspec.DecodeError as error:
            raise Problem(422, "invalid", "Not an organisation", str(error)) from None
        if new.sandbox != is_sandbox(new.tenant):
            raise _other_namespace(new)
        await self._organisations.check(new.tenant, new.name)
        try:
            await self._keys.register(new.terms())
        except KeysRefused as refused:
            raise Problem(422, "invalid", "Not an organisation", str(refused)) from None
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        credentials = await self._organisations.add(
            new.tenant, new.name, Terms(new.legal_basis, new.notice, new.contact)
        )
        return web.json_response(
            {"client_id": credentials.client_id, "client_secret": credentials.client_secret}, status=201
        )

    async def end_organisation(self, request: web.Request) -> web.Response:
        """The contract has ended: no secret opens anything any more, and the ledger erases all of its people."""
        tenant = request.match_info["tenant"]
        await self._organisations.end(tenant)
        await self._partner_keys.forget(tenant)
        try:
            await self._keys.end(tenant)
        except KeysRefused:
            raise not_found("organisation") from None
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        return _json({"tenant": tenant, "ended": True})

    async def organisations(self, _: web.Request) -> web.Response:
        """All of them, without secrets."""
        return _json({"organisations": await self._organisations.every()})

    async def rotate(self, request: web.Request) -> web.Response:
        """A new secret, told this once."""
        renewed = await self._organisations.renew(request.match_info["tenant"])
        if renewed is None:
            raise _unknown(request.match_info["tenant"])
        return _json({"client_id": renewed.client_id, "client_secret": renewed.client_secret})

    async def disable(self, request: web.Request) -> web.Response:
        """No new token for this organisation until it gets a new secret, and no partner key any more."""
        if not await self._organisations.disable(request.match_info["tenant"]):
            raise _unknown(request.match_info["tenant"])
        await self._partner_keys.forget(request.match_info["tenant"])
        return _json({})

    async def allow_use(self, request: web.Request) -> web.Response:
        """Allow an organisation a use that is refused otherwise, for a reason that the entry of it binds."""
        tenant, use = request.match_info["tenant"], _exceptional(request.match_info["use"])
        try:
            told = msgspec.json.decode(await request.read(), type=AllowedUse)
        except msgspec.DecodeError as error:
            raise Problem(422, "invalid", "Not a reason", str(error)) from None
        if not await self._organisations.exists(tenant):
            raise _unknown(tenant)
        await self._boundaries.allow(tenant, use, told.reason)
        return _json({})

    async def refuse_use(self, request: web.Request) -> web.Response:
        """Take it back; the organisation's boundary for this use ends."""
        await self._boundaries.refuse(request.match_info["tenant"], _exceptional(request.match_info["use"]))
        return _json({})

    async def renew_partner_key(self, request: web.Request) -> web.Response:
        """A new key for the assessment-partner interface, told this once; the former ones end after the overlap."""
        tenant, overlap = request.match_info["tenant"], timedelta(hours=int(request.match_info["overlap"]))
        key = await self._partner_keys.renew(tenant, overlap)
        if key is None:
            right = f"Nobody may log in as {tenant}: add it first, or give it a new secret."
            raise Problem(404, "not-found", "Not found", right)
        return _json({"partner_key": key})

    async def rotate_token_key(self, _: web.Request) -> web.Response:
        """Sign access tokens with a new key from now on; what the former one signed holds to its end."""
        return _json({"kid": self._tokens.rotate()})

    async def rotate_inbound_key(self, _: web.Request) -> web.Response:
        """Let platforms seal to a new key from now on; what is sealed to the former one opens until the next time."""
        try:
            return _json({"kid": self._inbound_key.rotate()})
        except TooEarly as error:
            raise Problem(409, "too-early", "The key cannot be rotated yet", str(error)) from None

    async def open_topics(self, request: web.Request) -> web.Response:
        """Make the organisation's own topics, and seal to the public JWK in the body from now on."""
        tenant = request.match_info["tenant"]
        if not await self._organisations.exists(tenant):
            raise _unknown(tenant)
        try:
            topics = await self._direct.register(tenant, await request.read())
        except NotAKey as error:
            raise Problem(422, "invalid", "Not a public key", str(error)) from None
        except (TopicError, KafkaError) as error:
            raise Problem(503, "no-topics", "The topics were not made", f"The broker: {error!r}.") from None
        return _json({"topics": topics})

    async def signals(self, _: web.Request) -> web.Response:
        """The market signals that were added."""
        return _json({"signals": await self._signals.listed()})

    async def add_signal(self, request: web.Request) -> web.Response:
        """Add a market signal, `schemas.signal.Signal`; 422 names everything that does not fit."""
        try:
            signal = msgspec.to_builtins(_SIGNAL.decode(await request.read()))
        except Faulty as faulty:
            raise invalid(faulty.faults) from None
        await self._signals.add(signal)
        return _json(signal, status=201)

    async def remove_signal(self, request: web.Request) -> web.Response:
        """Take a market signal back."""
        await self._signals.remove(request.match_info["id"])
        return _json({})


def _exceptional(name: str) -> Use:
    """A use that the operator decides upon. Raises Problem (404)."""
    for use in EXCEPTIONAL:
        if use == name:
            return use
    raise not_found("use")


def _other_namespace(new: NewOrganisation) -> Problem:
    right = f"The id of a sandbox, and of nothing else, begins with {SANDBOX!r}, such as {SANDBOX}acme."
    return Problem(422, "organisation-id", "Not an id for this organisation", right)


def _unknown(tenant: str) -> Problem:
    return Problem(404, "not-found", "Not found", f"No organisation {tenant} is registered; add it first.")


def _json(document: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(document), status=status, content_type="application/json")
