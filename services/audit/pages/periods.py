"""What the pages of statistics ask for: an organisation, days, a purpose; and the entry that each asking leaves."""

from datetime import date

from infra.pages.visit import Visit
from schemas.purposes import INDIVIDUALS
from services.audit.acts import Act, Acts
from services.audit.officers.register import Officer
from services.audit.pages.asking import day_of, is_day, purpose_fits, purpose_mistake
from services.audit.statistics.day_counts import DayCounts
from services.audit.statistics.windows import Window, last_days

DAYS = ("7", "30", "90", "365")
Options = list[tuple[str, str]]


async def organisations(visit: Visit, counts: DayCounts) -> Options:
    """Those that anything was counted for, people who came by themselves first."""
    named = [one for one in await counts.tenants() if one != INDIVIDUALS]
    return [(INDIVIDUALS, visit.says("people who came by themselves")), *((one, one) for one in named)]


def spans(visit: Visit) -> Options:
    """The usual periods, up to yesterday."""
    told = [(days, visit.says("the last %(days)s days", days=days)) for days in DAYS]
    return [*told, ("own", visit.says("the days below"))]


def own_days(visit: Visit, first: str, last: str) -> tuple[Window | None, dict[str, str]]:
    """A period of days that a form names, its last one included; else the mistakes."""
    start, end = visit.form.get(first), visit.form.get(last)
    mistakes = {
        name: visit.says("Enter a day such as 2026-11-23.")
        for name, day in ((first, start), (last, end))
        if not day or not is_day(day)
    }
    if not mistakes and day_of(start) > day_of(end):
        mistakes[last] = visit.says("The last day lies before the first one.")
    if mistakes:
        return None, mistakes
    return Window(day_of(start), date.fromordinal(day_of(end).toordinal() + 1)), {}


def span(visit: Visit, today: date) -> tuple[Window | None, dict[str, str]]:
    """The period that a form asks about; else the mistakes."""
    chosen = visit.form.get("span")
    return (last_days(today, int(chosen)), {}) if chosen in DAYS else own_days(visit, "from", "to")


def purpose(visit: Visit) -> dict[str, str]:
    """The mistake in the purpose, if there is one."""
    return {} if purpose_fits(visit.form.get("purpose")) else {"purpose": purpose_mistake(visit)}


async def recorded(acts: Acts, visit: Visit, officer: Officer, asked: str) -> None:
    """Leave the entry of a question before it is answered. Raises Problem (503)."""
    await acts.record(Act("search", (("purpose", visit.form.get("purpose")), ("query", asked)), by=officer.by))
