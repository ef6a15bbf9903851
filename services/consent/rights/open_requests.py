"""Every request against its deadline, as the operator answers for them: what is open, and how the others ended.

Requests under a code that nobody has (`unproved`) and those of canaries are nobody's, and stand nowhere here.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, Select, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import written
from services.consent.controllers.queue import HAND_OVER
from services.consent.erasure.cases import load_cases, read_time
from services.consent.erasure.steps import STORES, UNFINISHED, Erasure
from services.consent.rights.deadline import Clock, Extension, answer_by
from services.consent.rights.disclosures import ASKED
from services.consent.rights.filed import OPEN, Filed, load
from services.consent.tables import instructions, parts, persons, requests

_REAL = requests.c.state != "unproved", requests.c.cause != "self-test"


class OpenRequest(msgspec.Struct, frozen=True):
    """A request that is not answered. `waits_for` says for whom or what; `due_by` is the nearest deadline, which for
    what is still to be handed over to a controller comes before `answer_by`. `held`: by a legal hold.
    """

    id: str
    type: str
    state: str
    tenant: str
    opened_at: str
    due_by: str
    answer_by: str
    waits_for: str
    extended: bool = False
    held: bool = False


class Ended(msgspec.Struct, frozen=True):
    """How many requests of one type were answered within their deadline, answered after it, and withdrawn."""

    type: str
    in_time: int
    late: int
    cancelled: int


async def open_requests(connection: AsyncConnection) -> list[OpenRequest]:
    """All that are open, the nearest deadline first."""
    found = [*await _erasures(connection), *await _filed(connection), *await _forwarded(connection)]
    return sorted(found, key=lambda one: (one.due_by, one.id))


async def ended_requests(connection: AsyncConnection) -> list[Ended]:
    """Those that have ended, by type, as long as they are kept; what an organisation refused counts as answered."""
    columns = [requests.c[name] for name in ("type", "state", "opened_at", "completed_at")]
    extension = requests.c.extended_at, requests.c.extension
    rows = await connection.execute(select(*columns, *extension).where(*_REAL))
    decided = await connection.execute(_decided())
    counts: dict[str, list[int]] = {}
    for row in (*rows, *decided):
        if (place := _end(row)) is not None:
            counts.setdefault(row.type, [0, 0, 0])[place] += 1
    return [Ended(kind, *found) for kind, found in sorted(counts.items())]


def _decided() -> Select[Any]:
    """What employees asked for and the controller decided. What was opened on its word is counted as that request."""
    answered = instructions.c.state != "waiting", instructions.c.request.is_(None)
    no_extension = null().label("extended_at"), null().label("extension")
    columns = instructions.c.type, instructions.c.state, instructions.c.opened_at
    return select(*columns, instructions.c.decided_at.label("completed_at"), *no_extension).where(
        instructions.c.asked_by == "employee", *answered
    )


def _end(row: Any) -> int | None:
    """The place of its count in `Ended`; None for one that is open."""
    if row.state == "cancelled":
        return 2
    if row.completed_at is None:
        return None
    return int(read_time(row.completed_at) > _clock(row).answer_by)


def _clock(row: Any) -> Clock:
    extension = None if row.extended_at is None else Extension(read_time(row.extended_at), row.extension)
    return Clock(read_time(row.opened_at), None, extension)


async def _erasures(connection: AsyncConnection) -> list[OpenRequest]:
    unfinished = requests.c.state.in_(UNFINISHED)
    tenants = await _tenants(connection)
    return [
        _open(
            case.erasure.request,
            "erasure",
            case.erasure.state,
            tenants.get(case.erasure.request, ""),
            clock=case.erasure.clock,
            waits_for=_erasure_waits_for(case.erasure),
            held=case.erasure.held,
        )
        for case in await load_cases(connection, unfinished, requests.c.cause != "self-test")
    ]


def _erasure_waits_for(erasure: Erasure) -> str:
    if erasure.held:
        return "a legal hold"
    return {
        "pending": f"the window for a cancellation, until {written(erasure.due_at)}",
        "erased": "the wiping of traces",
        "revoked": "key clients",
        "ordered": f"the stores' reports: {_missing(STORES, erasure.reports)}",
    }[erasure.state]


async def _filed(connection: AsyncConnection) -> list[OpenRequest]:
    tenants = await _tenants(connection)
    found = []
    for one in await load(connection, requests.c.state.in_(OPEN), requests.c.cause != "self-test"):
        waits_for = await _filed_waits_for(connection, one)
        tenant = tenants.get(one.request, "")
        found.append(_open(one.request, one.kind, one.state, tenant, clock=one.clock, waits_for=waits_for))
    return found


async def _filed_waits_for(connection: AsyncConnection, one: Filed) -> str:
    if one.kind == "rectification":
        return "the corrected answers, and their score"
    if one.kind == "review":
        return "the decision of a reviewer"
    if one.kind not in ("access", "portability"):
        return "its being carried out"
    came = await connection.scalars(select(parts.c.service).where(parts.c.request == one.request).distinct())
    return f"what the stores hold: {_missing(ASKED[one.kind], frozenset(came))}"


async def _tenants(connection: AsyncConnection) -> dict[str, str]:
    """By open request the tenant of its person."""
    whose = select(requests.c.id, persons.c.tenant).join(persons, persons.c.alias == requests.c.alias)
    rows = await connection.execute(whose.where(requests.c.state.in_({*UNFINISHED, *OPEN})))
    return {row.id: row.tenant for row in rows}


async def _forwarded(connection: AsyncConnection) -> list[OpenRequest]:
    rows = await connection.execute(
        select(instructions).where(instructions.c.state == "waiting", instructions.c.asked_by == "employee")
    )
    return list(map(_of_employee, rows))


def _of_employee(row: Row[Any]) -> OpenRequest:
    opened = read_time(row.opened_at)
    deadline, handed = answer_by(opened), row.handed_over_at is not None
    waits_for = "the controller's word" if handed else "its hand-over: the controller has not fetched it"
    due = deadline if handed else opened + HAND_OVER
    answer = written(deadline)
    return OpenRequest(row.id, row.type, row.state, row.tenant, row.opened_at, written(due), answer, waits_for)


def _open(
    request: str, kind: str, state: str, tenant: str, *, clock: Clock, waits_for: str, held: bool = False
) -> OpenRequest:
    deadline = written(clock.answer_by)
    extended = clock.extension is not None
    opened = written(clock.opened_at)
    return OpenRequest(request, kind, state, tenant, opened, deadline, deadline, waits_for, extended, held)


def _missing(all_of: frozenset[str], came: frozenset[str]) -> str:
    return ", ".join(sorted(all_of - came)) or "the last pieces"


def overdue(found: Iterable[OpenRequest], moment: datetime) -> Iterator[OpenRequest]:
    """Those whose nearest deadline has passed."""
    return (one for one in found if one.due_by < written(moment))
