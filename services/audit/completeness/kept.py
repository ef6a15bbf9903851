"""What the log's own state remembers of its sources: records deleted unread, and numbers that came twice. Pure."""

from __future__ import annotations

from services.audit.completeness.findings import Gap
from services.audit.tlog.state import State


def kept_findings(state: State) -> list[Gap]:
    """Everything of which reading has found that it is missing."""
    deleted = [
        Gap(source, f"the records from offset {start} to {end - 1} were deleted before the log read them", "deleted")
        for source, ranges in sorted(state.lost.items())
        for start, end in ranges
    ]
    return deleted + [
        displaced(source, number) for source, numbers in sorted(state.displaced.items()) for number in numbers
    ]


def displaced(source: str, number: int) -> Gap:
    """Of two entries under one number the log has the first; the second is nowhere."""
    return Gap(
        source, f"number {number} came twice, with two entries; the log has the one that came first", "displaced"
    )
