"""What each store reports to have deleted for a request, kept once: a repetition changes nothing."""

import orjson
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from schemas.events import StoreReport
from services.consent.tables import store_reports

OURSELVES = "consent"
"""The store of the keys: its counts are part of the transaction that destroys them."""


async def keep_report(connection: AsyncConnection, report: StoreReport) -> None:
    """Keep a report within the caller's transaction."""
    known = await connection.scalar(
        select(store_reports.c.service).where(
            store_reports.c.request == report.request, store_reports.c.service == report.service
        )
    )
    if known is None:
        await connection.execute(
            insert(store_reports).values(
                request=report.request,
                service=report.service,
                counts=orjson.dumps(report.counts, option=orjson.OPT_SORT_KEYS).decode(),
                reported_at=written(now()),
                log_index=report.index,
                checkpoint=report.checkpoint,
            )
        )
