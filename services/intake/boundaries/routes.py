"""`/v1/boundaries`: at which score, and for what, an organisation would act."""

from collections.abc import Sequence
from typing import Any

import orjson
from aiohttp import web

from infra.http.body import body_of, expect
from infra.http.operation import JSON, Answer, json_of, operation
from infra.http.problems import invalid, not_found
from schemas.boundary import USES, SetBoundary, Use
from schemas.boundary import Boundaries as BoundariesTold
from schemas.boundary import Boundary as BoundaryTold
from schemas.decoding import Decoder
from schemas.faults import Faulty
from services.intake.boundaries.store import Boundaries
from services.intake.contract import READER, WRITER
from services.intake.organisations.callers import Callers

_SET: Decoder[Any] = Decoder(SetBoundary)
_ONE = "/v1/boundaries/{use}"


class BoundariesApi:
    """The handlers."""

    def __init__(self, callers: Callers, boundaries: Boundaries) -> None:
        self._callers = callers
        self._boundaries = boundaries

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get("/v1/boundaries", self.every),
            web.put(_ONE, self.set),
            web.delete(_ONE, self.remove),
        ]

    @operation(name="boundaries", proofs=(READER,), answers={200: json_of(BoundariesTold)}, problems=(401, 403, 429))
    async def every(self, request: web.Request) -> web.Response:
        """The organisation's boundaries, and the uses that it may declare."""
        tenant = self._callers.organisation(request).tenant
        found, uses = await self._boundaries.of(tenant), await self._boundaries.uses(tenant)
        return _answer({"boundaries": [one.document() for one in found], "uses": uses})

    @operation(
        name="set_boundary",
        proofs=(WRITER,),
        takes={JSON: SetBoundary},
        answers={200: json_of(BoundaryTold)},
        problems=(401, 403, 404, 413, 415, 422, 429),
    )
    async def set(self, request: web.Request) -> web.Response:
        """Set the boundary for a use. Results handed in from now on whose band crosses it wait for a human."""
        tenant = self._callers.organisation(request).tenant
        use = _use(request)
        expect(request, "application/json")
        try:
            asked = _SET.decode(await body_of(request))
        except Faulty as faulty:
            raise invalid(faulty.faults) from None
        return _answer((await self._boundaries.set(tenant, use, asked.limit, asked.human_step)).document())

    @operation(
        name="remove_boundary",
        proofs=(WRITER,),
        answers={204: Answer({})},
        problems=(401, 403, 404, 429),
    )
    async def remove(self, request: web.Request) -> web.Response:
        """Remove the boundary for a use. What waits for a human because of it goes on waiting."""
        await self._boundaries.remove(self._callers.organisation(request).tenant, _use(request))
        return web.Response(status=204)


def _use(request: web.Request) -> Use:
    """The use that the address names. Raises Problem (404)."""
    for use in USES:
        if use == request.match_info["use"]:
            return use
    raise not_found("use")


def _answer(document: object) -> web.Response:
    return web.Response(
        body=orjson.dumps(document), content_type="application/json", headers={"Cache-Control": "no-store"}
    )
