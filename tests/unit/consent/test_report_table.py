"""The report: the time that is left to each open request."""

from datetime import UTC, datetime

import pytest
from rich.console import Console

from services.consent.rights.open_requests import Ended, OpenRequest
from services.consent.rights.report_table import ended_table, left, report_table

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def request(due: str) -> OpenRequest:
    return OpenRequest("ab" * 16, "erasure", "pending", "acme", "2026-11-01T00:00:00Z", due, due, "a [hold]")


@pytest.mark.parametrize(
    ("due", "says"),
    [
        ("2026-12-23T12:00:00Z", "30 d"),
        ("2026-11-24T11:00:00Z", "[yellow]23 h[/]"),
        ("2026-11-23T11:00:00Z", "[red]1 h late[/]"),
    ],
)
def test_what_is_left_is_said_in_days_or_hours_and_a_passed_deadline_as_late(due: str, says: str) -> None:
    assert left(request(due), NOON) == says


def test_the_table_shows_what_each_waits_for() -> None:
    console = Console(width=160)
    with console.capture() as captured:
        console.print(report_table([request("2026-12-23T12:00:00Z")], NOON))
    assert "abababab" in captured.get()
    assert "a [hold]" in captured.get()


def test_what_ended_is_counted_by_type_and_what_came_late_stands_out() -> None:
    console = Console(width=160, color_system=None)
    with console.capture() as captured:
        console.print(ended_table([Ended("access", 1_200, 3, 1)]))
    assert captured.get().splitlines()[-1].split() == ["access", "1,200", "3", "1"]
