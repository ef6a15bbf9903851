"""The clock of a request: a month to answer it (GDPR Art. 12(3)), counted as Regulation 1182/71 Art. 3 does. Pure.

It may be extended once, by two further months, where the complexity and number of the requests make that necessary;
the person is told within the first month, with the reason.
"""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

Reason = Literal["complexity", "number-of-requests"]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""What Art. 12(3) lets an extension rest on."""
MONTHS, EXTENDED_MONTHS = 1, 3
_DAY = timedelta(days=1)


class NotExtendable(Exception):
    """The request is answered, extended already, or its first month is over. Says which."""


def answer_by(opened_at: datetime, months: int = MONTHS) -> datetime:
    """The end of the same day so many months later, or of that month's last day where it has no such day."""
    year, month = divmod(opened_at.year * 12 + opened_at.month - 1 + months, 12)
    day = min(opened_at.day, calendar.monthrange(year, month + 1)[1])
    return opened_at.replace(year=year, month=month + 1, day=day, hour=23, minute=59, second=59)


@dataclass(frozen=True, slots=True)
class Extension:
    """When the person was told of two further months, and why."""

    at: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Clock:
    """A request's clock; it stands still once the request is answered."""

    opened_at: datetime
    answered_at: datetime | None = None
    extension: Extension | None = None

    @property
    def answer_by(self) -> datetime:
        """See `answer_by`."""
        return answer_by(self.opened_at, MONTHS if self.extension is None else EXTENDED_MONTHS)

    def days_left(self, moment: datetime) -> int | None:
        """Whole days until the deadline, negative when it has passed; None once it is answered."""
        return None if self.answered_at is not None else (self.answer_by - moment) // _DAY

    def extended(self, moment: datetime, reason: Reason) -> "Clock":
        """The clock with two further months. Raises NotExtendable."""
        if self.answered_at is not None:
            raise NotExtendable("The request is answered.")
        if self.extension is not None:
            raise NotExtendable("The request was extended before; there is one extension.")
        if moment > self.answer_by:
            raise NotExtendable("The month in which the person must be told of an extension is over.")
        return Clock(self.opened_at, None, Extension(moment, reason))
