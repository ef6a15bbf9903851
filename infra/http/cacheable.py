"""Answers that anybody may keep (RFC 9111), recognised again by a validator (RFC 9110, 8.8.3 and 13.1.2).

One address may answer in several languages (12.5.5). Each answer has a validator of its own, so that nobody who asks
for the German one is told to keep the English.
"""

from typing import Any

import orjson
from aiohttp import ETag, web

from infra.http.languages import Spoken

KEPT_SECONDS = 3600


def cacheable(
    request: web.Request,
    document: Any,
    validator: str,
    kept_seconds: int = KEPT_SECONDS,
    *,
    spoken: Spoken | None = None,
) -> web.Response:
    """The document as JSON, or 304 where the caller holds it under the same validator.

    The validator tells everything that the document of one address depends on, for example a content hash, but for
    its language, where it has one.
    """
    if spoken is not None:
        validator = f"{validator}-{spoken.language}"
    response = cacheable_file(request, orjson.dumps(document), "application/json", validator, kept_seconds)
    if spoken is not None:
        response.headers.update(spoken.headers)
    return response


def cacheable_file(
    request: web.Request, body: bytes, content_type: str, validator: str, kept_seconds: int = KEPT_SECONDS
) -> web.Response:
    """Bytes in UTF-8 as they are, or 304 where the caller holds them under the same validator."""
    held = request.if_none_match or ()
    same = any(tag.value in (validator, "*") for tag in held)
    charset = None if content_type == "application/json" else "utf-8"
    response = (
        web.Response(status=304) if same else web.Response(body=body, content_type=content_type, charset=charset)
    )
    response.etag = ETag(validator)
    response.headers["Cache-Control"] = f"public, max-age={kept_seconds}"
    return response
