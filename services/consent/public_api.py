"""The public interface: a person's consents, requests and receipts.

A person proves who they are by `Authorization: Claim CODE`. A wrong code, an unknown one and that of an erased person
are answered alike. A request is found by its id alone, 128 random bits that were told to its person only: after an
erasure there is nothing else left to prove oneself by.
"""

from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web
from marshmallow import Schema, ValidationError

from infra.clock import written
from infra.http.problems import Problem, not_found, problem_details
from infra.http.server import Ready, health_routes
from schemas.consent import ConsentRequest
from schemas.faults import from_messages
from schemas.keys import RecordDraft
from schemas.privacy_request import PrivacyRequest
from services.consent.consents import Consent, NotGivable, NotWithdrawable
from services.consent.erasure import Erasure, NotCancellable
from services.consent.requests import AlreadyErased
from services.consent.stores import Stores

_BODY_BYTES = 16 * 1024
_STORED_SAFELY = {"Cache-Control": "no-store"}


class PublicApi:
    """The handlers. `changed` is called after each change, so that what it caused goes out at once."""

    def __init__(self, stores: Stores, receipt_key_pem: bytes, changed: Callable[[], None], ready: Ready) -> None:
        self._stores = stores
        self._receipt_key_pem = receipt_key_pem
        self._changed = changed
        self._ready = ready

    def application(self) -> web.Application:
        """The application to listen with."""
        application = web.Application(middlewares=[problem_details], client_max_size=_BODY_BYTES)
        application.add_routes(
            [
                *health_routes(self._ready),
                web.get("/v1/consents", self.list_consents),
                web.post("/v1/consents", self.give_consent),
                web.get("/v1/consents/{id}", self.show_consent),
                web.delete("/v1/consents/{id}", self.withdraw_consent),
                web.post("/v1/privacy/requests", self.open_request),
                web.get("/v1/privacy/requests/{id}", self.show_request),
                web.get("/v1/privacy/requests/{id}/receipt", self.show_receipt),
                web.post("/v1/privacy/requests/{id}/cancel", self.cancel_request),
                web.get("/v1/receipts/key", self.show_receipt_key),
            ]
        )
        return application

    async def list_consents(self, request: web.Request) -> web.Response:
        """All records of the person."""
        found = await self._stores.consents.of(await self._alias(request))
        return _json({"consents": [_consent(record) for record in found]})

    async def give_consent(self, request: web.Request) -> web.Response:
        """Agree to a purpose → 201 with the record."""
        alias = await self._alias(request)
        asked = await _body(request, ConsentRequest())
        draft = RecordDraft(asked["purpose"], asked["legal_basis"], asked["notice"], asked["language"])
        try:
            given = await self._stores.consents.give(alias, draft)
        except NotGivable as error:
            raise Problem(409, "not-givable", "Cannot be given", str(error)) from error
        self._changed()
        return _json(_consent(given), status=201, location=f"/v1/consents/{given.record_id}")

    async def show_consent(self, request: web.Request) -> web.Response:
        """One record."""
        found = await self._stores.consents.find(await self._alias(request), request.match_info["id"])
        if found is None:
            raise not_found("consent")
        return _json(_consent(found))

    async def withdraw_consent(self, request: web.Request) -> web.Response:
        """Withdraw a record → 200 with the record as it stands now."""
        alias = await self._alias(request)
        try:
            withdrawn = await self._stores.consents.withdraw(alias, request.match_info["id"])
        except NotWithdrawable as error:
            raise Problem(409, "not-withdrawable", "Cannot be withdrawn", str(error)) from error
        if withdrawn is None:
            raise not_found("consent")
        self._changed()
        return _json(_consent(withdrawn))

    async def open_request(self, request: web.Request) -> web.Response:
        """Ask for the erasure → 202 with the request."""
        alias = await self._alias(request)
        await _body(request, PrivacyRequest())
        try:
            opened = await self._stores.requests.open_erasure(alias)
        except AlreadyErased as error:
            raise _not_proved() from error
        self._changed()
        return _json(_request(opened), status=202, location=f"/v1/privacy/requests/{opened.request}")

    async def show_request(self, request: web.Request) -> web.Response:
        """The state of a request."""
        return _json(_request(await self._found(request)))

    async def show_receipt(self, request: web.Request) -> web.Response:
        """The signed receipt at its latest stage."""
        erasure = await self._found(request)
        receipt = await self._stores.requests.receipt(erasure.request)
        if receipt is None:
            raise Problem(
                404,
                "no-receipt-yet",
                "No receipt yet",
                f"This request is {erasure.state}; a receipt needs the key gone.",
            )
        return web.Response(body=receipt, content_type="application/json", headers=_STORED_SAFELY)

    async def cancel_request(self, request: web.Request) -> web.Response:
        """Undo an erasure within its window → 200 with the request."""
        alias = await self._alias(request)
        try:
            cancelled = await self._stores.requests.cancel(request.match_info["id"], alias)
        except NotCancellable as error:
            raise Problem(409, "not-cancellable", "Cannot be cancelled", str(error)) from error
        if cancelled is None:
            raise not_found("request")
        self._changed()
        return _json(_request(cancelled))

    async def show_receipt_key(self, _: web.Request) -> web.Response:
        """The public key of the receipts, in PEM form."""
        return web.Response(body=self._receipt_key_pem, content_type="application/x-pem-file")

    async def _alias(self, request: web.Request) -> str:
        scheme, _, code = request.headers.get("Authorization", "").partition(" ")
        alias = await self._stores.keystore.resolve(code) if scheme.lower() == "claim" else None
        if alias is None:
            raise _not_proved()
        return alias

    async def _found(self, request: web.Request) -> Erasure:
        found = await self._stores.requests.find(request.match_info["id"])
        if found is None:
            raise not_found("request")
        return found


def _not_proved() -> Problem:
    return Problem(
        401,
        "no-claim",
        "Not proved",
        "Send the claim code that came with the assessment: Authorization: Claim CODE.",
        headers={"WWW-Authenticate": "Claim"},
    )


async def _body(request: web.Request, schema: Schema) -> dict[str, Any]:
    try:
        document = orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise Problem(400, "malformed", "Malformed JSON", f"line {error.lineno}, column {error.colno}") from error
    try:
        loaded: dict[str, Any] = schema.load(document)
    except ValidationError as error:
        raise Problem(422, "invalid", "Invalid request", faults=list(from_messages(error.messages))) from error
    return loaded


def _consent(record: Consent) -> dict[str, object]:
    return {
        "id": record.record_id,
        "purpose": record.purpose,
        "legal_basis": record.legal_basis,
        "state": record.state,
        "notice": record.notice,
        "language": record.language,
        "given_at": record.given_at,
        "ended_at": record.ended_at,
    }


def _request(erasure: Erasure) -> dict[str, object]:
    times = {
        "opened_at": erasure.opened_at,
        "cancellable_until": erasure.due_at,
        "erased_at": erasure.erased_at,
        "completed_at": erasure.completed_at,
    }
    place = f"/v1/privacy/requests/{erasure.request}"
    return {
        "id": erasure.request,
        "type": "erasure",
        "state": erasure.state,
        **{name: None if moment is None else written(moment) for name, moment in times.items()},
        "links": {"self": place, "receipt": f"{place}/receipt", "cancel": f"{place}/cancel"},
    }


def _json(document: object, status: int = 200, location: str | None = None) -> web.Response:
    headers = dict(_STORED_SAFELY)
    if location is not None:
        headers["Location"] = location
    return web.Response(body=orjson.dumps(document), status=status, content_type="application/json", headers=headers)
