"""Whoever tries to log in as often as they like does not fill the log, and no attempt is lost from its numbers."""

from collections import Counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.http.problems import Problem
from services.audit.officers.refusals import SINGLY, Refusals
from services.audit.tables import refusals
from tests.integration.audit.office import Office

NAMES = {"1" * 32: "olivia", "2" * 32: "otto"}
AN_HOUR = 3_600


class Clock:
    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


def counting(office: Office, clock: Clock) -> Refusals:
    async def name_of(_: AsyncConnection, officer: str) -> str:
        return NAMES.get(officer, "")

    return Refusals(office.database, office.acts, name_of, clock)


async def attempts(office: Office) -> Counter[str]:
    """By name, how many attempts the entries tell."""
    found: Counter[str] = Counter()
    for one in await office.acts.of_ours("officer-refused"):
        found[one.fields["name"]] += int(one.fields.get("attempts", "1"))
    return found


async def test_the_first_of_an_hour_are_entries_and_the_rest_one_for_each_name(office: Office, clock: Clock) -> None:
    refused = counting(office, clock)
    # Given many more attempts in an hour than are told singly, in the names of two officers and of nobody
    for number in range(3 * SINGLY):
        await refused.add(("", "1" * 32, "2" * 32)[number % 3])
    assert len(await office.entries()) == SINGLY
    # When the hour is over, whether somebody tries again or not
    clock.at += AN_HOUR
    await refused.tell()
    # Then one entry for each name tells the rest, and together they tell every attempt
    assert len(await office.entries()) == SINGLY + 3
    assert await attempts(office) == {"": SINGLY, "olivia": SINGLY, "otto": SINGLY}
    # And nothing is told twice, or kept
    await refused.tell()
    assert len(await office.entries()) == SINGLY + 3
    async with office.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(refusals)) == 0


async def test_the_next_hour_begins_anew_also_after_a_restart(office: Office, clock: Clock) -> None:
    for _ in range(SINGLY + 2):
        await counting(office, clock).add("")
    clock.at += AN_HOUR
    await counting(office, clock).add("1" * 32)
    assert len(await office.entries()) == SINGLY + 1 + 1
    assert await attempts(office) == {"": SINGLY + 2, "olivia": 1}


async def test_an_attempt_that_cannot_be_recorded_is_answered_so(office: Office, clock: Clock, monkeypatch) -> None:
    async def full(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(office.acts, "put", full)
    with pytest.raises(Problem) as refused:
        await counting(office, clock).add("")
    assert refused.value.status == 503
