"""Tells the monitoring how each log stands, by the log's name, so that none falls ill unseen.

What witnesses answer is told where they are asked (see witness/gathering).
"""

import asyncio

import structlog
from prometheus_client import Gauge

from services.audit.health import HealthCheck

_PAUSE_SECONDS = 10.0
SIZE = Gauge("careerpulse_audit_log_size", "Entries in the log", ["log"])
SIGNED = Gauge("careerpulse_audit_signed_size", "Entries under the log's last signed checkpoint", ["log"])
COMMITTED = Gauge("careerpulse_audit_commit_timestamp_seconds", "The log's last commit: seconds since 1970", ["log"])
MISSING = Gauge("careerpulse_audit_missing", "Records and numbers that the log remembers as missing", ["log"])
log = structlog.get_logger(__name__)


class HealthWatch:
    """Sets the gauges; the page of the console is made of the same figures."""

    def __init__(self, health: HealthCheck) -> None:
        self._health = health

    async def run(self) -> None:
        """Look every few seconds until cancelled; a store that does not answer is looked at again."""
        while True:
            try:
                await self.look()
            except OSError as error:
                log.warning("log-not-seen", reason=str(error))
            await asyncio.sleep(_PAUSE_SECONDS)

    async def look(self) -> None:
        """Look once. Raises OSError."""
        for one in (await asyncio.to_thread(self._health.now)).logs:
            SIZE.labels(one.origin).set(one.size)
            SIGNED.labels(one.origin).set(one.signed.size)
            COMMITTED.labels(one.origin).set(one.at.timestamp())
            MISSING.labels(one.origin).set(len(one.missing))
