"""What officers are told of open requests: their clocks, and by a fixed word what each waits for."""

from infra.db.engine import Database
from schemas.request_clocks import DIGITS, RequestClock, RequestClocks, WaitsFor
from services.consent.rights.open_requests import OpenRequest, open_requests

_OF_AN_ERASURE: dict[str, WaitsFor] = {
    "pending": "window",
    "erased": "traces",
    "revoked": "key-clients",
    "ordered": "stores",
}


async def request_clocks(database: Database) -> RequestClocks:
    """All open ones, the nearest deadline first."""
    async with database.read() as connection:
        found = await open_requests(connection)
    return RequestClocks(tuple(map(_clock, found)))


def _clock(one: OpenRequest) -> RequestClock:
    times = one.opened_at, one.due_by, one.answer_by
    return RequestClock(one.id[:DIGITS], one.type, one.tenant, *times, waits_for(one), one.extended)


def waits_for(one: OpenRequest) -> WaitsFor:
    """What stands between the request and its answer. Pure."""
    if one.held:
        return "hold"
    if one.state == "waiting":
        return "hand-over" if one.due_by < one.answer_by else "controller"
    if one.type == "erasure":
        return _OF_AN_ERASURE[one.state]
    if one.type == "review":
        return "reviewer"
    if one.type == "rectification":
        return "person" if one.state == "pending" else "scoring"
    return "stores"
