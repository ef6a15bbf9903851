"""Answers that anybody may keep (RFC 9111), recognised again by a validator (RFC 9110, 8.8.3 and 13.1.2)."""

from typing import Any

import orjson
from aiohttp import ETag, web

KEPT_SECONDS = 3600


def cacheable(request: web.Request, document: Any, validator: str, kept_seconds: int = KEPT_SECONDS) -> web.Response:
    """The document as JSON, or 304 where the caller holds it under the same validator.

    The validator tells everything that the document of one address depends on, for example a content hash.
    """
    held = request.if_none_match or ()
    same = any(tag.value in (validator, "*") for tag in held)
    response = (
        web.Response(status=304)
        if same
        else web.Response(body=orjson.dumps(document), content_type="application/json")
    )
    response.etag = ETag(validator)
    response.headers["Cache-Control"] = f"public, max-age={kept_seconds}"
    return response
