"""Deadlines, watched: two gauges say how many have passed, and each that passes is one line of the log."""

import structlog
from prometheus_client import Gauge

from infra.clock import now
from infra.db.engine import Database
from services.consent.rights.open_requests import OpenRequest, open_requests, overdue

UNANSWERED = Gauge(
    "careerpulse_requests_overdue", "Open requests of people whose month, or extended term, is over", ["type"]
)
NOT_HANDED_OVER = Gauge(
    "careerpulse_hand_overs_overdue", "Requests of employees that their controller has not been handed in 24 hours"
)
log = structlog.get_logger(__name__)


class DeadlineWatch:
    """Looks when it is asked to. `told` are the deadlines that this process has logged."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told: set[tuple[str, str]] = set()

    async def look(self) -> list[OpenRequest]:
        """Set the gauges, and give what is overdue."""
        async with self._database.read() as connection:
            late = list(overdue(await open_requests(connection), now()))
        hand_overs = [one for one in late if one.due_by != one.answer_by]
        NOT_HANDED_OVER.set(len(hand_overs))
        UNANSWERED.clear()
        for one in late:
            if one not in hand_overs:
                UNANSWERED.labels(one.type).inc()
        self._tell(late)
        return late

    def _tell(self, late: list[OpenRequest]) -> None:
        deadlines = {(one.id, one.due_by) for one in late}
        for one in late:
            if (one.id, one.due_by) not in self._told:
                # no more of the id than finds it in the report, and not the words of a hold's reason
                log.error("deadline-passed", request=one.id[:8], type=one.type, due_by=one.due_by, held=one.held)
        self._told = deadlines
