"""Requests against their deadlines, as tables for a terminal. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.markup import escape
from rich.table import Table

from services.consent.erasure.cases import read_time
from services.consent.rights.open_requests import Ended, OpenRequest

_SOON = timedelta(days=7)


def report_table(requests: Sequence[OpenRequest], moment: datetime) -> Table:
    """The nearest deadline first; what has passed is red, what comes within a week yellow."""
    table = _table("Open requests", "request", "type", "whose", "opened", "due", "left", "waits for")
    for one in requests:
        table.add_row(
            one.id[:8],
            one.type,
            one.tenant,
            one.opened_at[:10],
            one.due_by[:16].replace("T", " ") + (" (extended)" if one.extended else ""),
            left(one, moment),
            escape(one.waits_for),
        )
    return table


def ended_table(ended: Sequence[Ended]) -> Table:
    """How the requests ended that are not open, by type."""
    table = _table("Ended requests", "type", "answered in time", "answered late", "withdrawn")
    for one in ended:
        late = f"[red]{one.late:,}[/]" if one.late else "0"
        table.add_row(one.type, f"{one.in_time:,}", late, f"{one.cancelled:,}")
    return table


def left(request: OpenRequest, moment: datetime) -> str:
    """The time until the nearest deadline, coloured."""
    span = read_time(request.due_by) - moment
    if span < timedelta():
        return f"[red]{_words(-span)} late[/]"
    return f"[yellow]{_words(span)}[/]" if span < _SOON else _words(span)


def _words(span: timedelta) -> str:
    return f"{span.days} d" if span.days else f"{span.seconds // 3600} h"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column)
    return table
