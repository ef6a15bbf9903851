"""The admin socket: what the operator may do. Whoever can open the socket is the operator."""

import msgspec
from aiohttp import web

from infra.http.problems import Problem, problem_details, unavailable
from infra.keys.client import KeyClient, KeysRefused, KeysUnavailable
from schemas.keys import RegisterTenant
from schemas.purposes import LegalBasis
from services.intake.organisations import Organisations


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


def application(organisations: Organisations, keys: KeyClient) -> web.Application:
    """`POST /organisations`: register one, or give it a new secret; answers with the credentials, once."""

    async def add(request: web.Request) -> web.Response:
        try:
            new = msgspec.json.decode(await request.read(), type=NewOrganisation)
        except msgspec.DecodeError as error:
            raise Problem(422, "invalid", "Not an organisation", str(error)) from None
        await organisations.check(new.tenant, new.name)
        try:
            await keys.register(new.terms())
        except KeysRefused as refused:
            raise Problem(422, "invalid", "Not an organisation", str(refused)) from None
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        credentials = await organisations.add(new.tenant, new.name)
        return web.json_response(
            {"client_id": credentials.client_id, "client_secret": credentials.client_secret}, status=201
        )

    app = web.Application(middlewares=[problem_details])
    app.add_routes([web.post("/organisations", add)])
    return app
