"""Tells the monitoring when the report of an incident is due, so that no clock of the law runs out unseen."""

import asyncio

from prometheus_client import Gauge

from services.audit.incidents import Incidents

_PAUSE_SECONDS = 60.0
DUE = Gauge(
    "careerpulse_audit_incident_report_by_timestamp_seconds",
    "When the next report of an incident is due: seconds since 1970, by kind; absent where no clock runs",
    ["kind"],
)


class IncidentWatch:
    """Reads the clocks anew each time, so that a restart forgets none."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    async def run(self) -> None:
        """Look each minute until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def look(self) -> None:
        """Look once."""
        running = [one for one in await self._incidents.listed() if one.reported_at is None]
        DUE.clear()
        for one in reversed(running):  # the nearest end comes last, and stays
            DUE.labels(one.kind).set(one.report_by.timestamp())
