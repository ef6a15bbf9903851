"""The public interface: a person's consents, and what belongs to their requests (`privacy_api`)."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Protocol

from aiohttp import web

from infra.http.by_address import ByAddress
from infra.http.deprecation import after_sunset, tell_deprecation
from infra.http.operation import JSON, TEXT, Answer, json_of, operation
from infra.http.problems import Problem, invalid, not_found, problem_details
from infra.http.quota import tell_quota
from infra.http.server import Ready, health_routes
from schemas.consent import ConsentRecord, ConsentRecords, ConsentRequest
from schemas.faults import Faulty
from schemas.keys import RecordDraft
from services.consent.claims import Claims
from services.consent.consents.api import receipt_link
from services.consent.consents.given import Consent, NotGivable, NotWithdrawable
from services.consent.contract import INTERFACE, LOCATION, PERSON, PROVED
from services.consent.documents import answer, body
from services.consent.rights.api import PrivacyApi
from services.consent.stores import Stores

_BODY_BYTES = 16 * 1024


class Part(Protocol):
    """A part of the interface that stands on its own."""

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        ...


class PublicApi:
    """The handlers. `changed` is called after each change, so that what it caused goes out at once; `parts` are
    served beside them. All of it, the pages included, is limited by address.
    """

    def __init__(
        self,
        stores: Stores,
        receipt_key_pem: bytes,
        changed: Callable[[], None],
        ready: Ready,
        claims: Claims | None = None,
        *,
        by_address: ByAddress | None = None,
        parts: Sequence[Part] = (),
    ) -> None:
        self._stores = stores
        self._receipt_key_pem = receipt_key_pem
        self._changed = changed
        self._ready = ready
        self._claims = claims or Claims(stores.keystore)
        self._by_address = by_address or ByAddress(proxies=0)
        self._parts = parts

    def application(self) -> web.Application:
        """The application to listen with."""
        doorkeepers = [problem_details, after_sunset(), self._by_address.limit]
        application = web.Application(middlewares=doorkeepers, client_max_size=_BODY_BYTES)
        application.on_response_prepare.append(tell_deprecation)
        application.on_response_prepare.append(tell_quota)
        privacy = PrivacyApi(self._stores, self._claims, self._changed)
        parts: tuple[Part, ...] = (self, privacy, *self._parts)
        own = chain.from_iterable(part.table() for part in parts)
        application.add_routes(INTERFACE.served([*health_routes(self._ready), *own]))
        return application

    def table(self) -> Sequence[web.RouteDef]:
        """All routes of its own."""
        return [
            web.get("/v1/consents", self.list_consents),
            web.post("/v1/consents", self.give_consent),
            web.get("/v1/consents/{id}", self.show_consent),
            web.delete("/v1/consents/{id}", self.withdraw_consent),
            web.get("/v1/receipts/key", self.show_receipt_key),
        ]

    @operation(proofs=(PERSON,), answers={200: json_of(ConsentRecords)}, problems=PROVED)
    async def list_consents(self, request: web.Request) -> web.Response:
        """All records of the person."""
        found = await self._stores.consents.of(await self._claims.alias(request))
        return answer({"consents": [_consent(record) for record in found]})

    @operation(
        proofs=(PERSON,),
        takes={JSON: ConsentRequest},
        answers={201: json_of(ConsentRecord, "It is given.", (LOCATION,))},
        problems=(400, *PROVED, 409, 413, 415, 422),
    )
    async def give_consent(self, request: web.Request) -> web.Response:
        """Agree to a purpose → 201 with the record."""
        alias = await self._claims.alias(request)
        asked = await body(request, ConsentRequest())
        draft = RecordDraft(asked["purpose"], asked["legal_basis"], asked["notice"], asked["language"])
        try:
            given = await self._stores.consents.give(alias, draft)
        except NotGivable as error:
            raise Problem(409, "not-givable", "Cannot be given", str(error)) from error
        except Faulty as faulty:
            raise invalid(faulty.faults) from faulty
        self._changed()
        return answer(_consent(given), status=201, location=f"/v1/consents/{given.record_id}")

    @operation(proofs=(PERSON,), answers={200: json_of(ConsentRecord)}, problems=(*PROVED, 404))
    async def show_consent(self, request: web.Request) -> web.Response:
        """One record."""
        found = await self._stores.consents.find(await self._claims.alias(request), request.match_info["id"])
        if found is None:
            raise not_found("consent")
        return answer(_consent(found))

    @operation(proofs=(PERSON,), answers={200: json_of(ConsentRecord)}, problems=(*PROVED, 404, 409))
    async def withdraw_consent(self, request: web.Request) -> web.Response:
        """Withdraw a record → 200 with the record as it stands now."""
        alias = await self._claims.alias(request)
        try:
            withdrawn = await self._stores.consents.withdraw(alias, request.match_info["id"])
        except NotWithdrawable as error:
            raise Problem(409, "not-withdrawable", "Cannot be withdrawn", str(error)) from error
        if withdrawn is None:
            raise not_found("consent")
        self._changed()
        return answer(_consent(withdrawn))

    @operation(answers={200: Answer({"application/x-pem-file": TEXT})})
    async def show_receipt_key(self, _: web.Request) -> web.Response:
        """The public key of the receipts, in PEM form."""
        return web.Response(body=self._receipt_key_pem, content_type="application/x-pem-file")


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
        "links": {"self": f"/v1/consents/{record.record_id}", **receipt_link(record.record_id)},
    }
