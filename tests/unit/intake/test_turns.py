"""Organisations take turns, so that one that floods keeps nobody waiting for more than one chunk of its own."""

import asyncio
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.handing_in.turns import Turns


async def order(brought: Iterable[tuple[str, int]], at_once: int = 1) -> list[str]:
    """In which order the chunks end that are brought at once, each organisation so many, one after the other."""
    turns, ended = Turns(at_once), []

    async def chunk(tenant: str) -> None:
        async with turns.turn(tenant):
            await asyncio.sleep(0)
            ended.append(tenant)

    async with asyncio.TaskGroup() as group:
        for tenant, count in brought:
            for _ in range(count):
                group.create_task(chunk(tenant))
    return ended


async def test_one_that_floods_delays_another_to_no_more_than_twice_its_own_time() -> None:
    # Given an organisation with a thousand chunks before the door, and one that comes after with ten
    ended = await order([("flood", 1_000), ("calm", 10)])
    # Then the ten have ended after twenty turns, and the one that was held already
    last = max(place for place, tenant in enumerate(ended, start=1) if tenant == "calm")
    assert last <= 2 * 10 + 1


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.integers(1, 4))
def test_whoever_waits_has_had_a_turn_after_one_of_each_other(counts: list[int], at_once: int) -> None:
    tenants = [str(number) for number in range(len(counts))]
    ended = asyncio.run(order(zip(tenants, counts, strict=True), at_once))
    assert sorted(ended) == sorted(
        tenant for tenant, count in zip(tenants, counts, strict=True) for _ in range(count)
    )
    for tenant, count in zip(tenants, counts, strict=True):
        last = max(place for place, one in enumerate(ended, start=1) if one == tenant)
        assert last <= count * len(tenants) + at_once


async def test_while_others_hand_in_one_that_floods_leaves_a_turn_free() -> None:
    # Given three turns, and an organisation that would take all of them
    turns, calm, held = Turns(3, lambda tenant: tenant == "flood"), asyncio.Event(), 0

    async def chunk() -> None:
        nonlocal held
        async with turns.turn("flood"):
            held += 1
            await calm.wait()
            held -= 1

    flood = [asyncio.create_task(chunk()) for _ in range(20)]
    await asyncio.sleep(0)
    # Then another has one at once
    assert held == 1
    async with asyncio.timeout(1), turns.turn("calm"):
        assert held == 1
    # and all of the first have theirs, one after the other
    calm.set()
    await asyncio.gather(*flood)


@pytest.mark.parametrize("called", [False, True], ids=["while waiting", "when it was just called"])
async def test_who_gives_up_keeps_no_turn(called: bool) -> None:
    # Given a turn that is held, and somebody who waits for it
    turns = Turns(1)
    holding = turns.turn("first")
    await holding.__aenter__()
    waiting = asyncio.ensure_future(turns.turn("second").__aenter__())
    await asyncio.sleep(0)
    # When the waiting one gives up, before or after the turn was given to it
    if called:
        await holding.__aexit__(None, None, None)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    if not called:
        await holding.__aexit__(None, None, None)
    # Then the next one gets it
    async with asyncio.timeout(1), turns.turn("third"):
        pass
