"""A person's requests over HTTP: erasure, restriction and its end, objection; their state, clock and receipts.

A request is found by its id alone, 128 random bits that were told to its person only: after an erasure there is
nothing else left to prove oneself by.
"""

from collections.abc import Callable, Sequence

import msgspec
from aiohttp import web

from infra.clock import now, written
from infra.http.operation import JSON, json_of, operation
from infra.http.problems import Problem, invalid, not_found
from schemas.employees import Forwarded
from schemas.faults import Fault
from schemas.privacy_request import ErasureReceipt, PrivacyRequest, RequestDocument
from schemas.purposes import Purpose
from services.consent.claims import Claims, not_proved
from services.consent.contract import LOCATION, PERSON, PROVED
from services.consent.deadline import Clock
from services.consent.documents import UNSTORED, answer, body
from services.consent.erasure import Erasure, NotCancellable
from services.consent.requests import AlreadyErased
from services.consent.rights import NotObjectable, NotRestricted, Right
from services.consent.stores import Stores

_PLACE = "/v1/privacy/requests"


class PrivacyApi:
    """The handlers. `changed` is called after each change, so that what it caused goes out at once."""

    def __init__(self, stores: Stores, claims: Claims, changed: Callable[[], None]) -> None:
        self._stores = stores
        self._claims = claims
        self._changed = changed

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.post(_PLACE, self.open_request),
            web.get(f"{_PLACE}/{{id}}", self.show_request),
            web.get(f"{_PLACE}/{{id}}/receipt", self.show_receipt),
            web.post(f"{_PLACE}/{{id}}/cancel", self.cancel_request),
        ]

    @operation(
        proofs=(PERSON,),
        takes={JSON: PrivacyRequest},
        answers={202: json_of((RequestDocument, Forwarded), "It is taken, or handed to the employer.", (LOCATION,))},
        problems=(400, *PROVED, 409, 413, 415, 422),
    )
    async def open_request(self, request: web.Request) -> web.Response:
        """Ask for an erasure, a restriction or its end, or object → 202 with the request."""
        alias = await self._claims.alias(request)
        asked = await body(request, PrivacyRequest())
        kind, purpose = asked["type"], asked["purpose"]
        if purpose is not None and kind != "objection":
            raise invalid([Fault("/purpose", f"Only an objection names a purpose; {kind} holds for all.")])
        forwarded = await self._stores.instructions.hold(alias, kind, purpose)
        if forwarded is not None:
            self._changed()
            return answer(_forwarded(forwarded), status=202, location=f"{_PLACE}/{forwarded.id}")
        try:
            document = await self._open(alias, kind, purpose)
        except AlreadyErased as error:
            raise not_proved() from error
        except NotRestricted as error:
            raise Problem(409, "not-restricted", "Not restricted", str(error)) from error
        except NotObjectable as error:
            raise Problem(409, "not-objectable", "Cannot be objected to", str(error)) from error
        self._changed()
        return answer(document, status=202, location=f"{_PLACE}/{document['id']}")

    async def _open(self, alias: str, kind: str, purpose: Purpose | None) -> dict[str, object]:
        if kind == "erasure":
            return _erasure(await self._stores.requests.open_erasure(alias))
        if kind == "objection":
            return _right(await self._stores.rights.object(alias, purpose))
        if kind == "restriction":
            return _right(await self._stores.rights.restrict(alias))
        return _right(await self._stores.rights.lift(alias))

    @operation(answers={200: json_of((RequestDocument, Forwarded))}, problems=(404,))
    async def show_request(self, request: web.Request) -> web.Response:
        """The state of a request, with its clock."""
        wanted = request.match_info["id"]
        erasure = await self._stores.requests.find(wanted)
        if erasure is not None:
            return answer(_erasure(erasure))
        right = await self._stores.rights.find(wanted)
        forwarded = await self._stores.instructions.find(wanted) if right is None else None
        if forwarded is not None:
            return answer(_forwarded(forwarded))
        if right is None:
            raise not_found("request")
        return answer(_right(right))

    @operation(answers={200: json_of(ErasureReceipt)}, problems=(404,))
    async def show_receipt(self, request: web.Request) -> web.Response:
        """The signed receipt of an erasure at its latest stage."""
        erasure = await self._stores.requests.find(request.match_info["id"])
        if erasure is None:
            raise not_found("erasure")
        receipt = await self._stores.requests.receipt(erasure.request)
        if receipt is None:
            detail = f"This request is {erasure.state}; a receipt needs the key gone."
            raise Problem(404, "no-receipt-yet", "No receipt yet", detail)
        return web.Response(body=receipt, content_type="application/json", headers=UNSTORED)

    @operation(proofs=(PERSON,), answers={200: json_of(RequestDocument)}, problems=(*PROVED, 404, 409))
    async def cancel_request(self, request: web.Request) -> web.Response:
        """Undo an erasure within its window → 200 with the request."""
        alias = await self._claims.alias(request)
        try:
            cancelled = await self._stores.requests.cancel(request.match_info["id"], alias)
        except NotCancellable as error:
            raise Problem(409, "not-cancellable", "Cannot be cancelled", str(error)) from error
        if cancelled is None:
            raise not_found("erasure")
        self._changed()
        return answer(_erasure(cancelled))


def _erasure(erasure: Erasure) -> dict[str, object]:
    times = {
        "opened_at": erasure.opened_at,
        "cancellable_until": erasure.due_at,
        "erased_at": erasure.erased_at,
        "completed_at": erasure.completed_at,
    }
    place = f"{_PLACE}/{erasure.request}"
    return {
        "id": erasure.request,
        "type": "erasure",
        "state": erasure.state,
        **{name: None if moment is None else written(moment) for name, moment in times.items()},
        "cause": erasure.cause,
        "postponed_because": erasure.held_for,
        "clock": _clock(Clock(erasure.opened_at, erasure.completed_at or erasure.cancelled_at)),
        "links": {"self": place, "receipt": f"{place}/receipt", "cancel": f"{place}/cancel"},
    }


def _right(right: Right) -> dict[str, object]:
    return {
        "id": right.request,
        "type": right.kind,
        "state": right.state,
        "opened_at": written(right.opened_at),
        "completed_at": written(right.completed_at),
        "clock": _clock(Clock(right.opened_at, right.completed_at)),
        "links": {"self": f"{_PLACE}/{right.request}"},
    }


def _forwarded(forwarded: Forwarded) -> dict[str, object]:
    """A request that the employer decides, as its person sees it."""
    links = {"self": f"{_PLACE}/{forwarded.id}"}
    if forwarded.request is not None:
        links["request"] = f"{_PLACE}/{forwarded.request}"
    return {**msgspec.to_builtins(forwarded), "links": links}


def _clock(clock: Clock) -> dict[str, object]:
    return {
        "answer_by": written(clock.answer_by),
        "answered_at": None if clock.answered_at is None else written(clock.answered_at),
        "days_left": clock.days_left(now()),
    }
