"""A request as it is shown: its state, its clock, its links, and its status in the words of OpenDSR.

OpenDSR (https://github.com/opengdpr/OpenDSR) knows `pending`, `in_progress`, `completed` and `cancelled`;
`expected_completion_time` and `results_url` are its names too. What `results_url` gives needs the claim code; the
receipt of an erasure does not, for after it there is none.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from infra.clock import now, written
from schemas.employees import Forwarded
from schemas.remedies import REMEDIES
from services.consent.erasure.cases import read_time
from services.consent.erasure.steps import Erasure
from services.consent.rights.deadline import Clock
from services.consent.rights.filed import Filed
from services.consent.rights.notices import Told

PLACE = "/v1/privacy/requests"
Document = dict[str, object]
Status = Literal["pending", "in_progress", "completed", "cancelled"]
_STATUS: dict[str, Status] = {
    "pending": "pending",
    "erased": "in_progress",
    "revoked": "in_progress",
    "ordered": "in_progress",
    "cancelled": "cancelled",
}
_STATUS_FORWARDED: dict[str, Status] = {
    "waiting": "pending",
    "carried-out": "completed",
    "refused": "cancelled",
}
_WITH_RESULTS = ("access", "portability", "review")


def status_of(state: str) -> Status:
    """OpenDSR's word for a state; what is not under way or cancelled is completed, as a restriction in force."""
    return _STATUS.get(state, "completed")


def received(request: str, kind: str, opened_at: str) -> Document:
    """What every request is answered with when it comes, whoever may have sent it."""
    return {
        "id": request,
        "type": kind,
        "state": "pending",
        "request_status": "pending",
        "opened_at": opened_at,
        **_clock(Clock(read_time(opened_at))),
        "links": {"self": f"{PLACE}/{request}", **_links(request, kind)},
    }


def unproved(request: str, kind: str, opened_at: str) -> Document:
    """A request that belongs to nobody: it looks as any other does that is still to be answered."""
    return {**received(request, kind, opened_at), "completed_at": None}


def of_erasure(erasure: Erasure, told: Iterable[Told] = (), held_for: str | None = None) -> Document:
    """An erasure, and why a hold postpones it, for whoever is to be told that."""
    is_postponed = erasure.held and erasure.state == "pending"
    times = {
        "opened_at": erasure.opened_at,
        "cancellable_until": erasure.due_at,
        "erased_at": erasure.erased_at,
        "completed_at": erasure.completed_at,
    }
    place = f"{PLACE}/{erasure.request}"
    return {
        "id": erasure.request,
        "type": "erasure",
        "state": erasure.state,
        "request_status": status_of(erasure.state),
        "results_url": None if erasure.erased_at is None else f"{place}/receipt",
        **{name: None if moment is None else written(moment) for name, moment in times.items()},
        "cause": erasure.cause,
        "postponed_because": held_for if is_postponed else None,
        "remedies": msgspec.to_builtins(REMEDIES) if is_postponed else [],
        **_clock(erasure.clock),
        "links": {"self": place, **_links(erasure.request, "erasure")},
        "recipients_told": [_told(one) for one in told],
    }


def of_filed(filed: Filed, told: Iterable[Told] = ()) -> Document:
    """A request of any other type."""
    place = f"{PLACE}/{filed.request}"
    has_results = filed.kind in _WITH_RESULTS and filed.state == "complete" and filed.outcome != "expired"
    return {
        "id": filed.request,
        "type": filed.kind,
        "state": filed.state,
        "request_status": status_of(filed.state),
        "results_url": f"{place}/results" if has_results else None,
        "outcome": filed.outcome,
        "cause": filed.cause,
        "opened_at": written(filed.opened_at),
        "completed_at": None if filed.completed_at is None else written(filed.completed_at),
        **_clock(filed.clock),
        "links": {"self": place, **_links_of(filed)},
        "recipients_told": [_told(one) for one in told],
    }


def of_forwarded(forwarded: Forwarded) -> Document:
    """A request that the employer decides, as its person sees it."""
    links = {"self": f"{PLACE}/{forwarded.id}"}
    if forwarded.request is not None:
        links["request"] = f"{PLACE}/{forwarded.request}"
    if forwarded.state == "waiting" and forwarded.asked_by == "employee":
        links["cancel"] = f"{PLACE}/{forwarded.id}/cancel"
    status = _STATUS_FORWARDED[forwarded.state]
    return {**msgspec.to_builtins(forwarded), "request_status": status, "links": links}


def _links_of(filed: Filed) -> dict[str, str]:
    """What a rule asks for is not its person's to cancel."""
    found = _links(filed.request, filed.kind)
    return {name: place for name, place in found.items() if name != "cancel" or filed.cause == "asked"}


def _links(request: str, kind: str) -> dict[str, str]:
    place = f"{PLACE}/{request}"
    if kind == "erasure":
        return {"receipt": f"{place}/receipt", "cancel": f"{place}/cancel"}
    if kind in _WITH_RESULTS:
        return {"results": f"{place}/results", "cancel": f"{place}/cancel"}
    return {"cancel": f"{place}/cancel"} if kind == "rectification" else {}


def _clock(clock: Clock) -> Document:
    extension = clock.extension
    return {
        "expected_completion_time": written(clock.answer_by),
        "clock": {
            "answer_by": written(clock.answer_by),
            "answered_at": None if clock.answered_at is None else written(clock.answered_at),
            "days_left": clock.days_left(now()),
            "extended_at": None if extension is None else written(extension.at),
            "extension_reason": None if extension is None else extension.reason,
        },
    }


def _told(told: Told) -> Document:
    return {
        "recipient": told.tenant,
        "of": told.kind,
        "at": told.issued_at,
        "delivered_at": told.delivered_at,
        "acknowledged_at": told.acknowledged_at,
    }
