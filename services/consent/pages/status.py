"""A request as its person reads it: where it stands, its clock, and what can be done now. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from services.consent.erasure.cases import read_time
from services.consent.rights.document import Status as Progress
from services.consent.rights.document import status_of

Document = Mapping[str, Any]
Look = Literal["", "good", "warn", "bad"]
STAGES = ("pending", "erased", "ordered", "complete")
"""The stages of an erasure that a person tells apart; `revoked` is still the second."""
_LOOKS: Mapping[Progress, Look] = {"pending": "warn", "in_progress": "warn", "completed": "good", "cancelled": ""}


@dataclass(frozen=True, slots=True)
class Status:
    """One request.

    `word` is the key of its state in `words.states`. `window` is the time in which an erasure can still be
    cancelled, `stage` the place of its state in STAGES. `reason` is why an employer refused, or a hold's reason, for
    whom it is told; `has_reason` says that there was one to tell.
    `by_employer` is what the employer asked for on the person's behalf.
    """

    id: str
    kind: str
    word: str
    look: Look
    opened_at: datetime
    answer_by: datetime
    answered_at: datetime | None = None
    days_left: int | None = None
    extension: str | None = None
    outcome: str | None = None
    reason: str | None = None
    window_ends: datetime | None = None
    window: timedelta | None = None
    stage: int = 0
    has_results: bool = False
    has_receipt: bool = False
    can_be_cancelled: bool = False
    forwarded: bool = False
    request: str | None = None
    has_reason: bool = False
    by_rule: bool = False
    by_employer: bool = False

    @property
    def moves(self) -> bool:
        """Whether it will go on by itself while one looks."""
        return self.answered_at is None and not self.forwarded


def status(document: Document, moment: datetime) -> Status:
    """Of any request, as `Register` shows it."""
    clock, kind, state = document["clock"], document["type"], document["state"]
    is_erasure = kind == "erasure"
    until = document.get("cancellable_until")
    held = document.get("postponed_because")
    window = _window(document, moment) if until is not None else None
    may_cancel = _can_be_cancelled(document, window)
    return Status(
        document["id"],
        kind,
        _word(state, is_erasure, may_cancel),
        _LOOKS[status_of(state)],
        read_time(document["opened_at"]),
        read_time(clock["answer_by"]),
        None if clock["answered_at"] is None else read_time(clock["answered_at"]),
        clock["days_left"],
        clock.get("extension_reason"),
        document.get("outcome"),
        held,
        None if until is None else read_time(until),
        window,
        STAGES.index("erased" if state == "revoked" else state) if is_erasure and state != "cancelled" else 0,
        not is_erasure and document.get("results_url") is not None,
        is_erasure and document.get("results_url") is not None,
        may_cancel,
        has_reason=bool(document.get("remedies")),
        by_rule=document.get("cause") == "rule",
    )


def forwarded_status(document: Document, moment: datetime) -> Status:
    """Of one that the employer decides."""
    state, answer_by = document["state"], read_time(document["answer_by"])
    decided = document["decided_at"]
    by_employer = document["asked_by"] == "organisation"
    looks: Mapping[str, Look] = {"waiting": "warn", "carried-out": "good", "refused": "bad"}
    return Status(
        document["id"],
        document["type"],
        "forwarded:announced" if by_employer and state == "waiting" else f"forwarded:{state}",
        looks[state],
        read_time(document["opened_at"]),
        answer_by,
        None if decided is None else read_time(decided),
        None if decided is not None else (answer_by - moment) // timedelta(days=1),
        reason=document["reason"],
        has_reason=bool(document["remedies"]),
        can_be_cancelled="cancel" in document["links"],
        forwarded=True,
        request=document["request"],
        by_employer=by_employer,
    )


def _word(state: str, is_erasure: bool, may_cancel: bool) -> str:
    if not is_erasure:
        return state
    return "erasure:begun" if state == "pending" and not may_cancel else f"erasure:{state}"


def _window(document: Document, moment: datetime) -> timedelta | None:
    left = read_time(document["cancellable_until"]) - moment
    return left if document["state"] == "pending" and left > timedelta() else None


def _can_be_cancelled(document: Document, window: timedelta | None) -> bool:
    """As `erasure.demand_cancellable` and `Register.cancel` decide; what expired by itself has no window."""
    if document["type"] == "erasure":
        postponed = document["state"] == "pending" and bool(document["remedies"])
        return document.get("cause") == "asked" and (window is not None or postponed)
    return "cancel" in document["links"] and document["state"] in ("pending", "ordered")
