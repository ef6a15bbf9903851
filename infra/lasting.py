"""One organisation's work among many: what it raises is logged, counted and waited for, and ends nobody else's.

A service ends as a whole when a part of it crashes (`infra.kafka.lifecycle`): it never lives on by half. What belongs
to one organisation is no such part: nothing that one of them sends or names may end what all share.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog
from prometheus_client import Counter

PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds before the work begins anew: the longer, the more often it failed in a row."""
FAILURES = Counter(
    "careerpulse_organisation_failures_total",
    "Failures of one organisation's work that ended nobody else's",
    ["part"],
)
log = structlog.get_logger(__name__)


async def lasting(part: str, work: Callable[[], Awaitable[None]], pauses: Sequence[float] = PAUSES) -> None:
    """Do the work until cancelled, anew after each failure; one that came late is the first of its row."""
    failed = 0
    while True:
        began = time.monotonic()
        try:
            await work()
        except Exception as error:
            survived(part, error)
        failed = 0 if time.monotonic() - began > pauses[-1] else failed
        await asyncio.sleep(pauses[min(failed, len(pauses) - 1)])
        failed += 1


def survived(part: str, error: BaseException) -> None:
    """Count and write down a failure that ends nothing."""
    FAILURES.labels(part).inc()
    log.error("organisation-failed", part=part, **told_of(error))


def told_of(error: BaseException) -> dict[str, str]:
    """An error's kind and place for a line of the log, without its message, which may quote input."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
    return {"kind": type(error).__name__, "place": place}
