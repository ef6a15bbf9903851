"""An erasure from its request to its receipt, as a small state machine. Pure.

    pending ─window over─▶ erased ─traces wiped─▶ revoked ─no client holds a key─▶ ordered ─stores report─▶ complete
       └─────cancelled within the window─▶ cancelled

In `pending` all but access is stopped. From `erased` on nothing leads back. The receipt is issued at `revoked` and,
with every count, at `complete`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.consent.rights.deadline import Clock, Extension

State = Literal["pending", "cancelled", "erased", "revoked", "ordered", "complete"]
Step = Literal["erase", "wipe", "order", "complete"]

Cause = Literal["asked", "expired", "contract-ended", "self-test"]
"""Why: a person or their controller asked, the storage time was over, or the organisation's contract; or nobody's
erasure, that of a canary.
"""

STATES: tuple[State, ...] = ("pending", "cancelled", "erased", "revoked", "ordered", "complete")
UNFINISHED: tuple[State, ...] = ("pending", "erased", "revoked", "ordered")
STORES = frozenset({"intake", "audit"})
"""The services whose reports a receipt waits for; consent's own counts are part of its transaction."""


class NotCancellable(Exception):
    """The erasure has been carried out, cancelled, or its window is over."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """One request. `published_at` is when the revocation reached the topic; `reports` names stores that reported.

    `held`: a legal hold postpones it (GDPR Art. 17(3)(e)).
    """

    request: str
    state: State
    opened_at: datetime
    due_at: datetime
    erased_at: datetime | None = None
    published_at: datetime | None = None
    acknowledged_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    reports: frozenset[str] = frozenset()
    cause: Cause = "asked"
    held: bool = False
    extension: Extension | None = None

    @property
    def clock(self) -> Clock:
        """The request's clock."""
        return Clock(self.opened_at, self.completed_at or self.cancelled_at, self.extension)


def next_step(erasure: Erasure, moment: datetime, let_go: bool) -> Step | None:
    """What is to be done now; None while something is waited for, and at the end. `let_go`: no key client may still
    hold a key that the erasure revoked.
    """
    if erasure.state == "pending":
        return "erase" if moment >= erasure.due_at and not erasure.held else None
    if erasure.state == "erased":
        return "wipe"
    if erasure.state == "revoked":
        return "order" if erasure.published_at is not None and let_go else None
    if erasure.state == "ordered":
        return "complete" if erasure.reports >= STORES else None
    return None


def demand_cancellable(erasure: Erasure, moment: datetime) -> None:
    """Raise NotCancellable, saying why, unless the window is open."""
    if erasure.state == "cancelled":
        raise NotCancellable("This erasure was cancelled before.")
    if erasure.state != "pending":
        raise NotCancellable("The key is destroyed; nothing can bring it back.")
    if moment >= erasure.due_at and not erasure.held:
        raise NotCancellable("The window for a cancellation is over.")
