"""Periods of whole days, UTC: the usual ones, and those that a query names."""

from dataclasses import dataclass
from datetime import date, timedelta

from infra.http.operation import Parameter
from infra.http.parameters import Parameters
from schemas.drift import DAY
from schemas.purposes import INDIVIDUALS

WINDOW_DAYS = 7
REFERENCE_DAYS = 90
_STEP = 5
_DAY = {"type": "string", "pattern": f"^{DAY}$"}


@dataclass(frozen=True, slots=True)
class Window:
    """From the day `start` to before the day `end`, UTC."""

    start: date
    end: date

    @property
    def last(self) -> date:
        """The last day of it."""
        return self.end - timedelta(days=1)


def usual_windows(today: date) -> tuple[Window, Window]:
    """The last seven full days, and the ninety before them."""
    begin = today - timedelta(days=WINDOW_DAYS)
    return Window(begin, today), Window(begin - timedelta(days=REFERENCE_DAYS), begin)


def last_days(today: date, days: int) -> Window:
    """The last full days."""
    return Window(today - timedelta(days=days), today)


def rounded(people: int) -> int:
    """People as they are told: rounded down to a multiple of five."""
    return people - people % _STEP


def organisation_parameter() -> Parameter:
    """Whose people are asked about."""
    return Parameter("organisation", "Whose people.", {"type": "string", "default": INDIVIDUALS})


def window_parameters(first: str, last: str, usual: str) -> tuple[Parameter, Parameter]:
    """The two days of a period; `usual` says which it is by default."""
    return (
        Parameter(first, f"The period's first day; by default {usual}.", _DAY),
        Parameter(last, "The day behind its last.", _DAY),
    )


def window_of(given: Parameters, first: str, last: str, usual: Window) -> Window:
    """The period that a query names. What does not fit becomes a fault of `given`."""
    window = Window(_day(given, first, usual.start), _day(given, last, usual.end))
    if window.start >= window.end:
        given.fault(last, f"Must lie after `{first}`; give both.")
    return window


def _day(given: Parameters, name: str, usual: date) -> date:
    value = given.one(name)
    if value is None:
        return usual
    try:
        return date.fromisoformat(value)
    except ValueError:
        given.fault(name, "Must be a day such as 2026-11-23.")
        return usual
