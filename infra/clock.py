"""The time of day, in the one form in which it is written down."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current time, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def written(moment: datetime) -> str:
    """`2026-11-23T18:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
