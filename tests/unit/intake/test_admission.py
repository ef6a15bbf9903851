"""Intake takes only what the broker keeps until it is done."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from infra.http.problems import Problem
from services.intake.handing_in.admission import HALF_RETENTION, Admission

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_without_a_bound_nobody_waits() -> None:
    admission = Admission(None)
    assert await admission.enter(["a"] * 10_000) == frozenset()
    assert admission.largest("acme", 500) == 500


async def test_a_sender_waits_until_as_many_have_ended_as_it_brings() -> None:
    # Given two of three places taken
    admission = Admission(3)
    await admission.enter(["a", "b"])
    # When two more want in
    entering = asyncio.create_task(admission.enter(["c", "d"]))
    await asyncio.sleep(0)
    assert not entering.done()
    # Then one end is enough
    admission.leave(["a"])
    assert await entering == {"c", "d"}


async def test_who_gives_up_waiting_takes_no_room() -> None:
    admission = Admission(1)
    await admission.enter(["a"])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await admission.enter(["b"])
    admission.leave(["a"])
    assert await admission.enter(["c"]) == {"c"}


async def test_an_assessment_under_way_takes_its_room_once() -> None:
    admission = Admission(1)
    assert await admission.enter(["a"]) == {"a"}
    assert await admission.enter(["a"]) == frozenset()


def test_a_chunk_is_never_larger_than_the_bound() -> None:
    assert Admission(7).largest("acme", 500) == 7


def test_new_work_is_refused_while_the_oldest_has_waited_past_half_of_the_retention() -> None:
    admission = Admission(None)
    admission.backlog(NOON - HALF_RETENTION, NOON)
    admission.open()
    admission.backlog(NOON - HALF_RETENTION - timedelta(seconds=1), NOON)
    with pytest.raises(Problem) as refused:
        admission.open()
    assert refused.value.status == 503
    assert refused.value.headers == {"Retry-After": "300"}
    admission.backlog(None, NOON)
    admission.open()
