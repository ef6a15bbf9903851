"""Every request stands against its deadline: by type, with what it waits for, and loudly once it has passed."""

from collections.abc import Callable
from datetime import timedelta

from prometheus_client import REGISTRY
from sqlalchemy import update

from infra.clock import now, written
from schemas.employees import InstructRequest
from schemas.purposes import INDIVIDUALS
from schemas.rights import Part
from services.consent.rights.asked import Asked
from services.consent.rights.deadline_watch import DeadlineWatch
from services.consent.rights.open_requests import Ended, ended_requests, open_requests
from services.consent.tables import instructions, requests
from tests.integration.consent.conftest import Running

CARRIED_OUT_AT_ONCE = ("restriction", "restriction-lift")


async def asked(running: Running, alias: str, *kinds: str) -> None:
    for kind in kinds:
        assessment = "event-1" if kind in ("rectification", "review") else None
        await running.stores.carrying_out.carry_out(alias, Asked(kind, assessment=assessment))


async def opened(running: Running) -> dict[str, tuple[str, str]]:
    """By type: whose it is, and what it waits for."""
    async with running.stores.database.read() as connection:
        return {one.type: (one.tenant, one.waits_for) for one in await open_requests(connection)}


async def ended(running: Running) -> list[Ended]:
    async with running.stores.database.read() as connection:
        return await ended_requests(connection)


async def test_open_requests_of_every_type_are_shown_and_nobodys_are_not(running: Running) -> None:
    # Given a request of each type, one under a code that nobody has, and one that an employer decides
    (one,) = await running.hand_in("event-1")
    (employee,) = await running.hand_in("event-2", tenant="acme", external_id="E-17")
    await asked(running, one.alias, "access", "portability", "rectification", "review", *CARRIED_OUT_AT_ONCE)
    await running.worker.once()
    await running.stores.disclosures.take(one.alias, Part("audit", await _id(running, "access"), "g", 0, 0))
    await running.stores.register.open_unproved("erasure")
    await running.stores.register.open_unproved("access")
    await running.stores.instructions.hold(employee.alias, Asked("restriction"))
    # Then each says what it waits for
    assert await opened(running) == {
        "access": (INDIVIDUALS, "what the stores hold: intake"),
        "portability": (INDIVIDUALS, "what the stores hold: intake"),
        "rectification": (INDIVIDUALS, "the corrected answers, and their score"),
        "review": (INDIVIDUALS, "the decision of a reviewer"),
        "restriction": ("acme", "its hand-over: the controller has not fetched it"),
    }
    # And what was carried out at once has ended in time
    assert await ended(running) == [Ended("restriction", 1, 0, 0), Ended("restriction-lift", 1, 0, 0)]


async def test_a_passed_deadline_is_a_metric_until_it_is_met_or_extended(running: Running) -> None:
    # Given an answered request and an open one, both from more than a month ago, and an employee's from yesterday
    (one,) = await running.hand_in("event-1")
    (employee,) = await running.hand_in("event-2", tenant="acme", external_id="E-17")
    await asked(running, one.alias, "restriction", "rectification")
    forwarded = await running.stores.instructions.hold(employee.alias, Asked("erasure"))
    await _backdate(running, timedelta(days=29), timedelta(hours=25))
    watch = DeadlineWatch(running.stores.database)
    # Then within the month only the hand-over is late, and extended in time the open one is not late after it either
    assert [one.type for one in await watch.look()] == ["erasure"]
    assert (_metric("requests_overdue", "rectification"), _metric("hand_overs_overdue")) == (None, 1)
    await running.stores.register.extend(await _id(running, "rectification"), "complexity")
    await _backdate(running, timedelta(days=40), timedelta(hours=25))
    assert [one.type for one in await watch.look()] == ["erasure"]
    # But after three months it is
    await _backdate(running, timedelta(days=100), timedelta(hours=25))
    assert sorted(one.type for one in await watch.look()) == ["erasure", "rectification"]
    assert _metric("requests_overdue", "rectification") == 1
    assert await ended(running) == [Ended("restriction", 0, 1, 0)]
    # And what the controller has fetched is handed over
    (fetched,) = await running.stores.instructions.waiting("acme")
    assert (fetched.id, [one.type for one in await watch.look()]) == (forwarded.id, ["rectification"])
    assert _metric("hand_overs_overdue") == 0


async def test_what_an_employer_decided_has_ended_in_time_or_late_and_counts_once(
    running: Running, moved_clock: Callable[[timedelta], None]
) -> None:
    # Given what an employee asked for of their employer
    (employee,) = await running.hand_in("event-1", tenant="acme", external_id="E-17")
    forwarded = {
        kind: await running.stores.instructions.hold(employee.alias, Asked(kind))
        for kind in ("access", "restriction", "objection", "erasure")
    }
    await running.stores.instructions.take_back(employee.alias, forwarded["erasure"].id)
    # When one was taken back, and it refuses one at once, and after the deadline refuses one and has one carried out
    await running.stores.instructions.instruct(InstructRequest("acme", forwarded["access"].id, "refuse", "Not now."))
    assert await ended(running) == [Ended("access", 1, 0, 0), Ended("erasure", 0, 0, 1)]
    moved_clock(timedelta(days=90))
    for kind, decision in (("objection", "refuse"), ("restriction", "carry-out")):
        await running.stores.instructions.instruct(InstructRequest("acme", forwarded[kind].id, decision, "Not now."))
    # Then each has ended once, those two late
    assert await opened(running) == {}
    assert await ended(running) == [
        Ended("access", 1, 0, 0),
        Ended("erasure", 0, 0, 1),
        Ended("objection", 0, 1, 0),
        Ended("restriction", 0, 1, 0),
    ]


async def _id(running: Running, kind: str) -> str:
    async with running.stores.database.read() as connection:
        return next(one.id for one in await open_requests(connection) if one.type == kind)


async def _backdate(running: Running, opened: timedelta, forwarded: timedelta) -> None:
    async with running.stores.database.write() as connection:
        await connection.execute(update(requests).values(opened_at=written(now() - opened)))
        await connection.execute(update(instructions).values(opened_at=written(now() - forwarded)))


def _metric(name: str, kind: str | None = None) -> float | None:
    return REGISTRY.get_sample_value(f"careerpulse_{name}", {} if kind is None else {"type": kind})
