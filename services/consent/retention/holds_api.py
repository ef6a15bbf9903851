"""A person reads why what is theirs is held (GDPR Art. 12(4))."""

from collections.abc import Sequence

import msgspec
from aiohttp import web

from infra.http.operation import json_of, operation
from schemas.consent import HoldsListed
from services.consent.claims import Claims
from services.consent.contract import PERSON, PROVED
from services.consent.documents import answer
from services.consent.retention.holds import Holds


class HoldsApi:
    """The handler."""

    def __init__(self, holds: Holds, claims: Claims) -> None:
        self._holds = holds
        self._claims = claims

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/v1/privacy/holds", self.list_holds)]

    @operation(proofs=(PERSON,), answers={200: json_of(HoldsListed)}, problems=PROVED)
    async def list_holds(self, request: web.Request) -> web.Response:
        """The person's legal holds, lifted ones too."""
        found = await self._holds.of(await self._claims.alias(request))
        return answer({"holds": [msgspec.to_builtins(one) for one in found]})
