"""When a message is tried again, and what an answer means. Pure: time and chance are given.

Ten tries over at least 75 hours, as Standard Webhooks proposes; each pause is lengthened by up to a tenth, so that
what failed together does not come back together.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
TRIES = len(PAUSES) + 1
SPREAD = 0.1
GONE = 410
LONGEST_ASKED = timedelta(hours=24)
"""How far a receiver may put a try off."""

Verdict = Literal["delivered", "again", "unwanted"]


def verdict(status: int | None) -> Verdict:
    """What an answer means: any 2xx is a delivery, 410 ends the subscription, all else is tried again."""
    if status is not None and 200 <= status < 300:
        return "delivered"
    return "unwanted" if status == GONE else "again"


def next_try(tries: int, at: datetime, chance: float, asked: timedelta = timedelta()) -> datetime | None:
    """When to try again after `tries` tries, the last of them at `at`; None after the last one. 0 ≤ `chance` < 1.

    Not before `asked`, which is what the receiver wanted to wait.
    """
    if tries >= TRIES:
        return None
    return at + max(PAUSES[tries - 1], min(asked, LONGEST_ASKED)) * (1 + SPREAD * chance)


def asked_to_wait(retry_after: str | None, at: datetime) -> timedelta:
    """What `Retry-After` (RFC 9110, 10.2.3) says, in seconds or as a date; nothing where it is neither."""
    if retry_after is None:
        return timedelta()
    if retry_after.isascii() and retry_after.isdecimal():
        return timedelta(seconds=min(int(retry_after[:9]), LONGEST_ASKED.total_seconds()))
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return timedelta()
    return max(timedelta(), (until if until.tzinfo else until.replace(tzinfo=UTC)) - at)
