"""Open requests against their deadlines, as a table for a terminal. Pure."""

from datetime import datetime, timedelta

from rich.markup import escape
from rich.table import Table

from services.consent.cases import read_time
from services.consent.privacy_state import OpenRequest, PrivacyState

_SOON = timedelta(days=7)


def report_table(state: PrivacyState, moment: datetime) -> Table:
    """The nearest deadline first; what has passed is red, what comes within a week yellow."""
    table = Table(title="Open requests", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in ("request", "type", "whose", "opened", "due", "left", "waits for"):
        table.add_column(column)
    for one in state.requests:
        table.add_row(
            one.id[:8],
            one.type,
            one.tenant,
            one.opened_at[:10],
            one.due_by[:16].replace("T", " "),
            left(one, moment),
            escape(one.waits_for),
        )
    return table


def left(request: OpenRequest, moment: datetime) -> str:
    """The time until the nearest deadline, coloured."""
    span = read_time(request.due_by) - moment
    if span < timedelta():
        return f"[red]{_words(-span)} late[/]"
    return f"[yellow]{_words(span)}[/]" if span < _SOON else _words(span)


def _words(span: timedelta) -> str:
    return f"{span.days} d" if span.days else f"{span.seconds // 3600} h"
