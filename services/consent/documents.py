"""JSON in and out of the public interface. What is answered is about one person, and no cache may keep it."""

from typing import Any

import orjson
from aiohttp import web
from marshmallow import Schema, ValidationError

from infra.http.problems import Problem
from schemas.faults import from_messages

UNSTORED = {"Cache-Control": "no-store"}


async def body(request: web.Request, schema: Schema) -> dict[str, Any]:
    """The request's document. Raises a Problem: 400 where it is no JSON, 413, 415, 422 naming each field."""
    if request.content_type != "application/json":
        raise Problem(415, "content-type", "Wrong content type", "This takes application/json.")
    try:
        document = orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise Problem(400, "malformed", "Malformed JSON", f"line {error.lineno}, column {error.colno}") from error
    try:
        loaded: dict[str, Any] = schema.load(document)
    except ValidationError as error:
        raise Problem(422, "invalid", "Invalid request", faults=list(from_messages(error.messages))) from error
    return loaded


def answer(document: object, status: int = 200, location: str | None = None) -> web.Response:
    """The response that holds a document."""
    headers = dict(UNSTORED)
    if location is not None:
        headers["Location"] = location
    return web.Response(body=orjson.dumps(document), status=status, content_type="application/json", headers=headers)
