"""`GET /asyncapi.json`: what is said over Kafka, as an AsyncAPI document."""

from collections.abc import Sequence
from hashlib import sha256

import orjson
from aiohttp import web

from infra.http.cacheable import cacheable
from infra.http.operation import json_of, operation
from infra.version import SOFTWARE
from schemas.asyncapi import asyncapi
from services.intake.contract import NOT_MODIFIED


class EventsContract:
    """The handler."""

    def __init__(self) -> None:
        self._document = orjson.dumps(asyncapi(SOFTWARE))
        self._validator = sha256(self._document).hexdigest()[:32]

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/asyncapi.json", self.asyncapi)]

    @operation(answers={200: json_of({"type": "object"}, "An AsyncAPI 3.0 document."), 304: NOT_MODIFIED})
    async def asyncapi(self, request: web.Request) -> web.Response:
        """The events on Kafka."""
        return cacheable(request, orjson.Fragment(self._document), self._validator)
