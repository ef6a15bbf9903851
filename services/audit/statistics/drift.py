"""Whether the displayed scores of one period lie as those of another did before."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.audit.statistics.score_counts import ScoreCounts
from services.audit.statistics.stability import Stability, stability

WINDOW_DAYS = 7
REFERENCE_DAYS = 90
_STEP = 5


@dataclass(frozen=True, slots=True)
class Window:
    """From the day `start` to before the day `end`, UTC."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Drift:
    """The comparison for one organisation; people are rounded down to a multiple of five."""

    tenant: str
    current: Window
    reference: Window
    people: int
    reference_people: int
    stability: Stability


def usual_windows(today: date) -> tuple[Window, Window]:
    """The last seven full days, and the ninety before them."""
    begin = today - timedelta(days=WINDOW_DAYS)
    return Window(begin, today), Window(begin - timedelta(days=REFERENCE_DAYS), begin)


async def drift(counts: ScoreCounts, tenant: str, current: Window, reference: Window) -> Drift:
    """Compare the scores of two periods."""
    now = await counts.between(tenant, str(current.start), str(current.end))
    before = await counts.between(tenant, str(reference.start), str(reference.end))
    found = stability(before, now)
    return Drift(tenant, current, reference, _rounded(sum(now)), _rounded(sum(before)), found)


def _rounded(people: int) -> int:
    return people - people % _STEP
