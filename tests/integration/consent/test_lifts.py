"""An employer ends a restriction only after its employee was told (GDPR Art. 18(3))."""

from datetime import timedelta

import msgspec
import orjson
import pytest

from infra.clock import now, written
from schemas.employees import AskForEmployee, Forwarded, InstructRequest
from schemas.events import OutboxEntry
from schemas.keys import ReleaseKeys
from services.consent.controllers.lifts import NotTold
from services.consent.rights.asked import Asked
from services.consent.rights.open_requests import open_requests
from services.consent.rights.refusal import RightRefused
from tests.integration.consent.conftest import Running

ANNOUNCED = AskForEmployee("acme", "E-17", "restriction-lift")


async def restricted(running: Running) -> str:
    """An employee of acme with a restriction in force."""
    (created,) = await running.hand_in("event-1", tenant="acme", external_id="E-17")
    await running.stores.rights.restrict(created.alias)
    return created.alias


async def announced(running: Running) -> Forwarded:
    found = await running.stores.instructions.ask(ANNOUNCED)
    assert found is not None
    return found


async def is_on_hold(running: Running, alias: str) -> bool:
    return (await running.stores.keystore.release(ReleaseKeys("scoring", (alias,)))).keys[0].reason == "restricted"


async def actors(running: Running, kind: str) -> list[str]:
    await running.worker.once()
    leaves = [msgspec.msgpack.decode(one.value, type=OutboxEntry).leaf for one in running.topics.of("audit.entries")]
    return [leaf["actor"] for leaf in map(orjson.loads, leaves) if leaf["type"] == kind]


async def test_an_employer_announces_the_end_of_a_restriction_which_stays_until_the_employee_has_seen_it(
    running: Running,
) -> None:
    # Given an employee whose data are on hold
    alias = await restricted(running)
    # When the employer asks for the end, twice, and gives its word at once
    one = await announced(running)
    assert await announced(running) == one
    with pytest.raises(NotTold, match="has not seen here"):
        await running.stores.instructions.instruct(InstructRequest("acme", one.id, "carry-out"))
    # Then nothing has ended, and that the employer sees how it stands tells the employee nothing
    await running.stores.instructions.waiting("acme")
    assert (await running.stores.instructions.find(one.id)).told_at is None
    assert await is_on_hold(running, alias)
    # When the employee has looked, twice, and the employer gives its word again
    for _ in range(2):
        (seen,) = await running.stores.instructions.show(alias)
    done = await running.stores.instructions.instruct(InstructRequest("acme", one.id, "carry-out"))
    # Then it ends, and each step is one entry of whoever took it
    assert (seen.told_by, done.state, await is_on_hold(running, alias)) == ("employee", "carried-out", False)
    assert await actors(running, "lift-announced") == ["organisation"]
    assert await actors(running, "lift-told") == ["person"]
    assert done.request is not None


async def test_an_employer_that_told_its_employee_itself_says_when(running: Running) -> None:
    alias = await restricted(running)
    one = await announced(running)
    for told_at, fault in ((written(now() + timedelta(days=1)), "lies ahead"), ("2026-02-30T00:00:00Z", "is a time")):
        with pytest.raises(NotTold, match=fault):
            await running.stores.instructions.instruct(InstructRequest("acme", one.id, "carry-out", None, told_at))
    assert await is_on_hold(running, alias)
    told_at = written(now() - timedelta(days=1))
    done = await running.stores.instructions.instruct(InstructRequest("acme", one.id, "carry-out", None, told_at))
    assert (done.told_by, done.told_at, await is_on_hold(running, alias)) == ("organisation", told_at, False)
    assert await actors(running, "lift-told") == ["organisation"]


async def test_no_announcement_outlives_the_restriction_that_it_announces_the_end_of(running: Running) -> None:
    # Given an announcement that the employee has seen
    alias = await restricted(running)
    one = await announced(running)
    await running.stores.instructions.show(alias)
    # When the restriction ends at the employee's wish, and there is another one
    await running.stores.carrying_out.carry_out(alias, Asked("restriction-lift"))
    await running.stores.rights.restrict(alias)
    # Then the old announcement ends nothing
    late = await running.stores.instructions.instruct(InstructRequest("acme", one.id, "carry-out"))
    assert (late.state, await is_on_hold(running, alias)) == ("carried-out", True)
    # and the next one has to be told anew
    again = await announced(running)
    assert (again.id != one.id, again.told_at) == (True, None)


async def test_an_announcement_is_no_request_that_has_to_be_answered(running: Running) -> None:
    await restricted(running)
    await announced(running)
    async with running.stores.database.read() as connection:
        assert await open_requests(connection) == []


async def test_what_is_not_restricted_is_not_announced_to_end(running: Running) -> None:
    await running.hand_in("event-1", tenant="acme", external_id="E-17")
    with pytest.raises(RightRefused):
        await running.stores.instructions.ask(ANNOUNCED)
    assert await actors(running, "lift-announced") == []


async def test_an_employees_own_wish_to_end_it_is_no_announcement(running: Running) -> None:
    # Given both the employer's announcement and the employee's own wish
    alias = await restricted(running)
    theirs = await announced(running)
    own = await running.stores.instructions.hold(alias, Asked("restriction-lift"))
    assert own.id != theirs.id
    # When the employer gives its word on the employee's own wish
    done = await running.stores.instructions.instruct(InstructRequest("acme", own.id, "carry-out"))
    # Then it ends, for who asked for it knows of it
    assert (done.state, await is_on_hold(running, alias)) == ("carried-out", False)
