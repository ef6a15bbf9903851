"""`/v1/invitations`: an organisation invites an employee to fill in the form."""

from collections.abc import Sequence
from typing import Any

import msgspec
import orjson
from aiohttp import web

from infra.http.body import body_of, expect
from infra.http.operation import JSON, json_of, operation
from infra.http.problems import invalid, not_found
from schemas import invitation as shape
from schemas.decoding import Decoder
from schemas.faults import Faulty
from schemas.purposes import is_sandbox
from services.intake.assessments.store import Store
from services.intake.contract import IDEMPOTENCY_KEY, READER, WRITER
from services.intake.handing_in.idempotency import checked
from services.intake.invitations.inviting import Invited, Inviting
from services.intake.invitations.store import InvitationStore
from services.intake.organisations.callers import Callers

_NEW: Decoder[Any] = Decoder(shape.NewInvitation)
_PLACE = "/v1/invitations"


class Invitations:
    """The handlers. `issuer` is the public address of the pages."""

    def __init__(
        self, callers: Callers, inviting: Inviting, store: InvitationStore, assessments: Store, issuer: str
    ) -> None:
        self._callers = callers
        self._inviting = inviting
        self._store = store
        self._assessments = assessments
        self._issuer = issuer

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.post(_PLACE, self.invite),
            web.get(f"{_PLACE}/{{id:[0-9a-f]{{32}}}}", self.invitation),
        ]

    @operation(
        name="invite_to_assessment",
        proofs=(WRITER,),
        headers=(IDEMPOTENCY_KEY,),
        takes={JSON: shape.NewInvitation},
        answers={201: json_of(shape.NewlyInvited)},
        problems=(400, 401, 403, 409, 413, 415, 422, 429),
    )
    async def invite(self, request: web.Request) -> web.Response:
        """A code for one employee and one assessment → 201. The result comes by the organisation's usual channels."""
        tenant = self._callers.organisation(request).tenant
        expect(request, JSON)
        key = checked(request.headers.get("Idempotency-Key"), tenant)
        try:
            asked = _NEW.decode(await body_of(request))
        except Faulty as faulty:
            raise invalid(faulty.faults) from None
        call_back = None if asked.call_back is msgspec.UNSET else asked.call_back
        made = await self._inviting.invite(tenant, key, asked.external_id, call_back)
        told = _told(tenant, made.id, "invited", made.expires_at)
        return _answer(told | {"code": made.code, "address": address(self._issuer, made)}, 201)

    @operation(
        name="invitation",
        proofs=(READER,),
        answers={200: json_of(shape.Invitation)},
        problems=(401, 403, 404, 429),
    )
    async def invitation(self, request: web.Request) -> web.Response:
        """Where an invitation stands, as long as it holds."""
        tenant = self._callers.organisation(request).tenant
        found = await self._store.find(tenant, request.match_info["id"])
        if found is None:
            raise not_found("invitation")
        row = await self._assessments.get(found.id)
        return _answer(_told(tenant, found.id, "invited" if row is None else row.state, found.expires_at))


def address(issuer: str, made: Invited) -> str:
    """The page that asks for the code, which stands behind `#`: no browser sends it, and no server logs it."""
    return f"{issuer}/invitation#{made.code}"


def _told(tenant: str, invitation: str, status: str, expires_at: str) -> dict[str, object]:
    links = {"self": f"{_PLACE}/{invitation}", "assessment": f"/v1/assessments/{invitation}"}
    told: dict[str, object] = {"id": invitation, "status": status, "expires_at": expires_at, "links": links}
    return told | ({"test": True} if is_sandbox(tenant) else {})


def _answer(document: object, status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=orjson.dumps(document), status=status, content_type=JSON, headers=headers)
