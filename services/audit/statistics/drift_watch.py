"""Looks at the usual windows each hour: a metric, and an entry `drift` when scores begin or cease to drift."""

import asyncio

from prometheus_client import Gauge
from sqlalchemy import delete, insert, select

from infra.clock import now
from infra.db.engine import Database
from services.audit.acts import Act, Acts, By
from services.audit.statistics.drift import Drift, drift, usual_windows
from services.audit.statistics.score_counts import ScoreCounts
from services.audit.tables import drifting

ACTOR = By("service:audit")
_PAUSE_SECONDS = 3600.0
INDEX = Gauge(
    "careerpulse_audit_score_drift_thousandths",
    "Population stability index of the last seven days against the ninety before, in thousandths",
    ["organisation"],
)


class DriftWatch:
    """What was said of each organisation is kept in the database, each change with its entry in one transaction."""

    def __init__(self, database: Database, counts: ScoreCounts, acts: Acts) -> None:
        self._database = database
        self._counts = counts
        self._acts = acts

    async def run(self) -> None:
        """Look each hour, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def look(self) -> None:
        """Look once, at every organisation."""
        for tenant in await self._counts.tenants():
            found = await drift(self._counts, tenant, *usual_windows(now().date()))
            if found.stability.index_thousandths is not None:
                INDEX.labels(tenant).set(found.stability.index_thousandths)
                await self._say(found, found.stability.verdict == "drifted")
        self._acts.wake()

    async def _say(self, found: Drift, drifted: bool) -> None:
        """Nothing is said again, and too few people say nothing at all."""
        of_tenant = drifting.c.tenant == found.tenant
        async with self._database.write() as connection:
            before = await connection.scalar(select(drifting.c.tenant).where(of_tenant)) is not None
            if before == drifted:
                return
            if drifted:
                await connection.execute(insert(drifting).values(tenant=found.tenant))
            else:
                await connection.execute(delete(drifting).where(of_tenant))
            await self._acts.put(connection, Act("drift", _fields(found), by=ACTOR))


def _fields(found: Drift) -> tuple[tuple[str, str], ...]:
    return (
        ("organisation", found.tenant),
        ("verdict", found.stability.verdict),
        ("index_thousandths", str(found.stability.index_thousandths)),
        ("current", f"{found.current.start}/{found.current.end}"),
        ("reference", f"{found.reference.start}/{found.reference.end}"),
    )
