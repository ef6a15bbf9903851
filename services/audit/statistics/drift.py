"""Whether the displayed scores and the answers of one period lie as those of another did before."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.statistics import ANSWER_CELLS
from services.audit.statistics.day_counts import DayCounts
from services.audit.statistics.histograms import SCORES, Histograms
from services.audit.statistics.stability import Stability, cells, stability
from services.audit.statistics.windows import Window, rounded

OBSERVED = (SCORES, *(f"answers/{answer}" for answer in ANSWER_CELLS))
"""What is held against a reference, by the names of its histograms."""


@dataclass(frozen=True, slots=True)
class Drift:
    """The comparison for one organisation; people are rounded, `stability` is by the names in `OBSERVED`, and the
    histograms are those that were compared.
    """

    tenant: str
    current: Window
    reference: Window
    people: int
    reference_people: int
    stability: Mapping[str, Stability]
    counted: Histograms
    reference_counted: Histograms


async def drift(counts: DayCounts, tenant: str, current: Window, reference: Window) -> Drift:
    """Compare two periods. Raises KeysUnavailable."""
    periods = [(str(one.start), str(one.end)) for one in (current, reference)]
    now, before = await counts.of_periods(tenant, *periods)
    found = {name: stability(observed(before, name), observed(now, name)) for name in OBSERVED}
    return Drift(
        tenant, current, reference, rounded(sum(now[SCORES])), rounded(sum(before[SCORES])), found, now, before
    )


def observed(histograms: Histograms, name: str) -> list[int]:
    """The cells that are compared: of scores those of ten points, of an answer its own."""
    return cells(histograms[name]) if name == SCORES else histograms[name]
