"""Problem details (RFC 9457): every error says what, where, and what would be right."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
import structlog
from aiohttp import web

from infra.db.trouble import DatabaseUnavailable
from infra.lasting import told_of
from schemas.faults import MOST, Fault

log = structlog.get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CONTENT_TYPE = "application/problem+json"
_STORE_AGAIN_SECONDS = 30
"""Somebody has to make room first."""


@dataclass(slots=True)
class Problem(Exception):
    """An error as it is answered. `kind` names the problem type, in words joined by hyphens; `members` are those that
    the type adds (RFC 9457, 3.2).
    """

    status: int
    kind: str
    title: str
    detail: str = ""
    faults: Sequence[Fault] = ()
    headers: dict[str, str] = field(default_factory=dict)
    members: Mapping[str, object] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """The problem as a document."""
        body: dict[str, object] = {
            "type": f"urn:careerpulse:problem:{self.kind}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            body["detail"] = self.detail
        if self.faults:
            body["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in self.faults[:MOST]]
        return {**body, **self.members}

    def response(self) -> web.Response:
        """The problem as an HTTP response."""
        return web.Response(
            status=self.status,
            body=orjson.dumps(self.document()),
            content_type=CONTENT_TYPE,
            headers=self.headers,
        )


def invalid(faults: Sequence[Fault]) -> Problem:
    """422 with every fault, the first `MOST` of them where there are more."""
    more = f"More than {MOST} things do not fit; the first are told." if len(faults) > MOST else ""
    return Problem(422, "invalid", "The input does not fit", more, faults=faults[:MOST])


def malformed_body() -> Problem:
    """400 for a body that its coding, of content or of transfer, does not explain."""
    return Problem(400, "malformed-body", "Malformed body", "It does not decode as its coding says.")


def not_found(what: str) -> Problem:
    """404; the same words whether a thing never was or belongs to somebody else."""
    return Problem(404, "not-found", "Not found", f"There is no such {what} for these credentials.")


def unavailable(part: str, retry_after: int = 2) -> Problem:
    """503 with Retry-After: a part is down and nothing was confirmed."""
    return Problem(
        503,
        "unavailable",
        "Temporarily unavailable",
        f"{part} does not answer. Nothing was confirmed; send it again, under the same Idempotency-Key if any.",
        headers={"Retry-After": str(retry_after)},
    )


@web.middleware
async def problem_details(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error as problem details; a defect of ours is a 500 that tells nothing of the data."""
    try:
        return await handler(request)
    except Problem as problem:
        response = problem.response()
        if "Content-Encoding" in request.headers:
            # What is left of it may not decode, which ends the connection; so the sender is told that it ends.
            end_unread(request, response)
        return response
    except web.HTTPException as error:
        if error.status < 400:
            raise
        allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return Problem(error.status, f"http-{error.status}", error.reason, headers=allow).response()
    except web.RequestPayloadError:
        response = malformed_body().response()
        end_unread(request, response)
        return response
    except Exception as error:
        if has_gone(request):
            raise
        return unforeseen(request, error).response()


def end_unread(request: web.Request, response: web.StreamResponse) -> None:
    """End the connection with this answer where the body was not read to its end."""
    if request.content.is_eof():
        return
    response.force_close()
    if request.content.exception() is not None:
        # What is broken gives nothing more: without an end, the server would try to read it once again, and fail.
        request.content.feed_eof()


def unforeseen(request: web.Request, error: Exception) -> Problem:
    """How an error that no handler foresaw is answered: 503 where the store takes nothing, else a defect of ours."""
    if isinstance(error, DatabaseUnavailable):
        return unavailable("The store", retry_after=_STORE_AGAIN_SECONDS)
    log_defect(request, error)
    return Problem(500, "defect", "Internal error", "This is a defect on our side.")


def has_gone(request: web.Request) -> bool:
    """Whether nobody is there any more to be answered."""
    return request.transport is None or request.transport.is_closing()


def log_defect(request: web.Request, error: BaseException) -> None:
    """Write down the error's kind and place, and not its message, which may quote input."""
    log.error("defect", method=request.method, **told_of(error))
