"""When a message is tried again, and what an answer means. Pure: time and chance are given.

Ten tries over at least 75 hours, as Standard Webhooks proposes; each pause is lengthened by up to a tenth, so that
what failed together does not come back together.
"""

from datetime import datetime, timedelta
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

Verdict = Literal["delivered", "again", "unwanted"]


def verdict(status: int | None) -> Verdict:
    """What an answer means: any 2xx is a delivery, 410 ends the subscription, all else is tried again."""
    if status is not None and 200 <= status < 300:
        return "delivered"
    return "unwanted" if status == GONE else "again"


def next_try(tries: int, at: datetime, chance: float) -> datetime | None:
    """When to try again after `tries` tries, the last of them at `at`; None after the last one. 0 ≤ `chance` < 1."""
    if tries >= TRIES:
        return None
    return at + PAUSES[tries - 1] * (1 + SPREAD * chance)
