"""A person's records as they take them along: linked data of all, and a signed receipt of each consent."""

from collections.abc import Mapping, Sequence

import orjson
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.clock import now
from infra.http.operation import Answer, json_of, operation
from infra.http.problems import Problem, not_found
from schemas.consent import RECEIPTS, LinkedRecords, SignedReceipt, SignedReceipts
from services.consent.claims import Claims
from services.consent.consents.receipt import ConsentReceipt
from services.consent.consents.record import graph
from services.consent.consents.records import ConsentRecords
from services.consent.contract import PERSON, PROVED
from services.consent.documents import UNSTORED
from services.consent.erasure.receipt import sign


class RecordsApi:
    """The handlers."""

    def __init__(self, records: ConsentRecords, claims: Claims, receipt_key: Ed25519PrivateKey) -> None:
        self._records = records
        self._claims = claims
        self._receipt_key = receipt_key

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get("/v1/consent-records", self.show_records),
            web.get("/v1/consents/{id}/receipt", self.show_receipt),
            web.get(RECEIPTS, self.show_receipts),
        ]

    @operation(proofs=(PERSON,), answers={200: Answer({"application/ld+json": LinkedRecords})}, problems=PROVED)
    async def show_records(self, request: web.Request) -> web.Response:
        """All records as JSON-LD (ISO/IEC TS 27560, W3C DPV)."""
        records = await self._records.of(await self._claims.alias(request))
        body = orjson.dumps(graph(records))
        return web.Response(body=body, content_type="application/ld+json", headers=UNSTORED)

    @operation(
        name="show_consent_receipt",
        proofs=(PERSON,),
        answers={200: json_of(SignedReceipt)},
        problems=(*PROVED, 404, 409),
    )
    async def show_receipt(self, request: web.Request) -> web.Response:
        """The signed receipt of a consent as it stands now, withdrawn or not."""
        record = await self._records.find(await self._claims.alias(request), request.match_info["id"])
        if record is None:
            raise not_found("consent")
        if record.legal_basis != "consent":
            detail = f"This record rests on {record.legal_basis}; a receipt is given for consent."
            raise Problem(409, "no-consent", "Not a consent", detail)
        signed = sign(ConsentReceipt(record, now()), self._receipt_key)
        return web.Response(body=signed, content_type="application/json", headers=UNSTORED)

    @operation(
        name="list_consent_receipts", proofs=(PERSON,), answers={200: json_of(SignedReceipts)}, problems=PROVED
    )
    async def show_receipts(self, request: web.Request) -> web.Response:
        """The signed receipt of each consent, as a hand-in leads to them; what rests on another basis has none."""
        records, moment = await self._records.of(await self._claims.alias(request)), now()
        given = [ConsentReceipt(one, moment) for one in records if one.legal_basis == "consent"]
        signed = b",".join(sign(one, self._receipt_key) for one in given)
        body = b'{"receipts":[%b]}' % signed
        return web.Response(body=body, content_type="application/json", headers=UNSTORED)


def receipt_link(record_id: str) -> Mapping[str, str]:
    """Where a record's receipt is found."""
    return {"receipt": f"/v1/consents/{record_id}/receipt"}
