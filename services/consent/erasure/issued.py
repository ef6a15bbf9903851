"""The receipts of erasures as they are issued, one for each stage, and kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now
from services.consent.erasure.cases import Case, load_cases, read_time
from services.consent.erasure.receipt import Destroyed, LogPlace, Receipt, Stage, sign
from services.consent.keys import epochs
from services.consent.keys.rotation_terms import RotationTerms
from services.consent.tables import receipts, requests, store_reports


class Receipts:
    """Signs and keeps them. `kafka_kept` is how long the broker keeps a record, where it says so."""

    def __init__(
        self, receipt_key: Ed25519PrivateKey, terms: RotationTerms, kafka_kept: timedelta | None = None
    ) -> None:
        self._receipt_key = receipt_key
        self._terms = terms
        self._kafka_kept = kafka_kept

    async def issue(self, connection: AsyncConnection, request: str, stage: Stage) -> None:
        """Issue a stage of an erasure's receipt within the caller's transaction."""
        case = (await load_cases(connection, requests.c.id == request))[0]
        rows = (await connection.execute(select(store_reports).where(store_reports.c.request == request))).all()
        receipt = self._receipt(case, stage, rows, await self._ends(connection, case.epoch))
        signed = sign(receipt, self._receipt_key)
        await connection.execute(insert(receipts).values(request=request, stage=stage, document=signed))

    async def _ends(self, connection: AsyncConnection, epoch: int | None) -> datetime | None:
        """By when the epoch's secret is gone; where a restore has lost its number, by when that of the last is."""
        one = await epochs.found(connection, epoch)
        if one is None:
            return None
        began, ends = one
        return self._terms.end_by(read_time(began), now()) if ends is None else read_time(ends)

    def _receipt(self, case: Case, stage: Stage, reports: Sequence[Row[Any]], epoch_ends: datetime | None) -> Receipt:
        erasure = case.erasure
        places = [LogPlace(row.log_index, row.checkpoint or "") for row in reports if row.log_index is not None]
        return Receipt(
            request=erasure.request,
            stage=stage,
            requested_at=erasure.opened_at,
            erased_at=erasure.erased_at or now(),
            issued_at=now(),
            cause=erasure.cause,
            last_write=None if stage == "revoked" else erasure.acknowledged_at or now(),
            destroyed=[
                Destroyed(row.service, orjson.loads(row.counts), read_time(row.reported_at)) for row in reports
            ],
            kafka_kept=self._kafka_kept,
            epoch=case.epoch,
            epoch_ends=epoch_ends,
            log=places[0] if places else None,
        )


async def newest(connection: AsyncConnection, request: str) -> bytes | None:
    """The signed receipt of an erasure at its latest stage, or None as long as there is none."""
    rows = await connection.execute(
        select(receipts.c.stage, receipts.c.document).where(receipts.c.request == request)
    )
    found = {row.stage: bytes(row.document) for row in rows}
    return found.get("complete") or found.get("revoked")
