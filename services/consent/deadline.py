"""The clock of a request: a month to answer it (GDPR Art. 12(3)), counted as Regulation 1182/71 Art. 3 does. Pure."""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta

_DAY = timedelta(days=1)


def answer_by(opened_at: datetime) -> datetime:
    """The end of the same day a month later, or of that month's last day where it has no such day."""
    year, month = divmod(opened_at.year * 12 + opened_at.month, 12)
    day = min(opened_at.day, calendar.monthrange(year, month + 1)[1])
    return opened_at.replace(year=year, month=month + 1, day=day, hour=23, minute=59, second=59)


@dataclass(frozen=True, slots=True)
class Clock:
    """A request's clock; it stands still once the request is answered."""

    opened_at: datetime
    answered_at: datetime | None = None

    @property
    def answer_by(self) -> datetime:
        """See `answer_by`."""
        return answer_by(self.opened_at)

    def days_left(self, moment: datetime) -> int | None:
        """Whole days until the deadline, negative when it has passed; None once it is answered."""
        return None if self.answered_at is not None else (self.answer_by - moment) // _DAY
