"""Checks for completeness that officers ask for: one at a time, beside the service's work; the last one is kept."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiokafka.errors import KafkaError

from infra.clock import now
from services.audit.completeness.check import Outcome, check
from services.audit.completeness.findings import Period


@dataclass(slots=True)
class Check:
    """One check: how far it is, and in the end its outcome, or `failure` with why it could not be made."""

    period: Period
    asked_at: datetime = field(default_factory=now)
    entries: int = 0
    size: int = 0
    outcome: Outcome | None = None
    failure: str = ""

    @property
    def moving(self) -> bool:
        """Whether it is not at its end."""
        return self.outcome is None and not self.failure

    def goes_on(self, entries: int, size: int) -> None:
        """So many entries of the log are recomputed."""
        self.entries, self.size = entries, size


class Checks:
    """Makes them, each over the logs that `logs` names then. `run` is a loop of the service."""

    def __init__(self, logs: Callable[[], Sequence[str | Path]], broker: str | None) -> None:
        self.last: Check | None = None
        self._logs = logs
        self._broker = broker
        self._asked = asyncio.Event()

    def ask(self, period: Period) -> bool:
        """Begin one for this period; False where one is being made, which goes on."""
        if self.last is not None and self.last.moving:
            return False
        self.last = Check(period)
        self._asked.set()
        return True

    async def run(self) -> None:
        """Make each check that is asked for."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self._make()

    async def _make(self) -> None:
        one = self.last
        if one is None or not one.moving:
            return
        try:
            one.outcome = await check(self._logs(), one.period, self._broker, progress=one.goes_on)
        except (OSError, ValueError, KafkaError) as error:
            one.failure = f"{type(error).__name__}: {error}"
