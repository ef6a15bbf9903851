"""Looks at the usual windows each hour: metrics, and an entry `drift` when something begins or ceases to drift."""

import asyncio

import structlog
from prometheus_client import Gauge
from sqlalchemy import delete, insert, select

from infra.clock import now
from infra.db.engine import Database
from infra.keys.client import KeysUnavailable
from services.audit.acts import Act, Acts, By
from services.audit.statistics.day_counts import DayCounts
from services.audit.statistics.drift import Drift, drift
from services.audit.statistics.histograms import SCORES
from services.audit.statistics.windows import usual_windows
from services.audit.tables import drifting

ACTOR = By("service:audit")
_PAUSE_SECONDS = 3600.0
_SOON_SECONDS = 30.0
INDEX = Gauge(
    "careerpulse_audit_score_drift_thousandths",
    "Population stability index of the last seven days against the ninety before, in thousandths",
    ["organisation"],
)
ANSWERS = Gauge(
    "careerpulse_audit_answer_drift_thousandths",
    "Population stability index of answers, the last seven days against the ninety before, in thousandths",
    ["organisation", "answers"],
)
DRIFTED = Gauge(
    "careerpulse_audit_drifted",
    "1 where scores or answers have drifted by more than chance, 0 where they have not",
    ["organisation", "of"],
)
log = structlog.get_logger(__name__)


class DriftWatch:
    """What was said of each organisation is kept in the database, each change with its entry in one transaction."""

    def __init__(self, database: Database, counts: DayCounts, acts: Acts) -> None:
        self._database = database
        self._counts = counts
        self._acts = acts

    async def run(self) -> None:
        """Look each hour, or soon again where consent does not answer, until cancelled."""
        while True:
            try:
                await self.look()
            except KeysUnavailable as error:
                log.warning("drift-waits", reason=str(error))
                await asyncio.sleep(_SOON_SECONDS)
            else:
                await asyncio.sleep(_PAUSE_SECONDS)

    async def look(self) -> None:
        """Look once, at every organisation. Raises KeysUnavailable."""
        for tenant in await self._counts.tenants():
            found = await drift(self._counts, tenant, *usual_windows(now().date()))
            for name, one in found.stability.items():
                DRIFTED.labels(tenant, name).set(one.verdict == "drifted")
                if one.index_thousandths is not None:
                    _measure(tenant, name, one.index_thousandths)
                    await self._say(found, name)
        self._acts.wake()

    async def _say(self, found: Drift, name: str) -> None:
        """Nothing is said again, and too few people say nothing at all."""
        drifted = found.stability[name].verdict == "drifted"
        here = drifting.c.tenant == found.tenant, drifting.c.histogram == name
        async with self._database.write() as connection:
            before = await connection.scalar(select(drifting.c.tenant).where(*here)) is not None
            if before == drifted:
                return
            if drifted:
                await connection.execute(insert(drifting).values(tenant=found.tenant, histogram=name))
            else:
                await connection.execute(delete(drifting).where(*here))
            await self._acts.put(connection, Act("drift", _fields(found, name), by=ACTOR))


def _measure(tenant: str, name: str, thousandths: int) -> None:
    if name == SCORES:
        INDEX.labels(tenant).set(thousandths)
    else:
        ANSWERS.labels(tenant, name.partition("/")[2]).set(thousandths)


def _fields(found: Drift, name: str) -> tuple[tuple[str, str], ...]:
    one = found.stability[name]
    return (
        ("organisation", found.tenant),
        ("of", name),
        ("verdict", one.verdict),
        ("index_thousandths", str(one.index_thousandths)),
        ("current", f"{found.current.start}/{found.current.end}"),
        ("reference", f"{found.reference.start}/{found.reference.end}"),
    )
