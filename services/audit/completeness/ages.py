"""How long ago something was received, as far as the entries say: by the newest time that any of them states.

No clock is asked, so that a log says the same of itself whoever checks it, and whenever.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from schemas.topics import RETENTION_HOURS
from services.audit.reading.values import Values

LONGEST_HOURS: Final = RETENTION_HOURS + 24
"""For so long scoring can still find what was received; a day is added, as everywhere."""
_SECONDS_AN_HOUR: Final = 3_600


class Ages:
    """The hour in which each place of each source was received, and the newest of all entries."""

    def __init__(self) -> None:
        self.newest = ""
        self._received = Values("I")

    def take(self, time: str) -> None:
        """An entry of this time, as entries write it."""
        self.newest = max(self.newest, time)

    def received(self, source: str, place: int, time: str) -> None:
        """What stands at this place was received then."""
        self._received.set(source, place, _hour(time[:13]))

    def overdue(self, source: str, place: int) -> bool:
        """Whether what was received at this place can have no end any more that is still to come."""
        return _hour(self.newest[:13]) - self._received.get(source, place) > LONGEST_HOURS


@lru_cache(maxsize=64)
def _hour(text: str) -> int:
    """Hours since 1970 of `2026-01-31T08`; 0 for what lies before."""
    return max(0, int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) // _SECONDS_AN_HOUR)
