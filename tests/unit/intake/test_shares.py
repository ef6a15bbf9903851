"""An organisation may fill the way behind the door, and has to leave room as soon as another hands in too."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.handing_in import shares as module
from services.intake.handing_in.shares import MOST_RESTS, PRESENT_SECONDS, TOGETHER_SECONDS, Shares

INSTANT = 1e-6


class Clock:
    at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shares(clock: Clock) -> Shares:
    return Shares(alone=10, shared=2, clock=clock)


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody waits for an end longer than an instant."""
    monkeypatch.setattr(module, "STALLED_SECONDS", 0.001)
    yield


async def waits(shares: Shares, tenant: str, *ids: str) -> "asyncio.Task[None] | None":
    """The wait of these, if they have to."""
    entering = asyncio.create_task(shares.enter(tenant, ids))
    for _ in range(3):
        await asyncio.sleep(0)
    return None if entering.done() else entering


async def test_one_that_is_alone_fills_the_way_and_then_waits_for_an_end(shares: Shares) -> None:
    assert shares.largest("acme", 500) == 10
    assert await waits(shares, "acme", *"0123456789") is None
    waiting = await waits(shares, "acme", "next")
    assert waiting is not None
    shares.leave("acme", ["3"], ended=True)
    await waiting


async def test_beside_another_each_has_its_share_until_the_other_has_been_away(shares: Shares, clock: Clock) -> None:
    # Given one that has filled the way, and another that comes
    await shares.enter("flood", "012345")
    assert await waits(shares, "calm", "a") is None
    # Then the first brings nothing more before it has room within its share, and the other has its own
    assert (shares.largest("flood", 500), shares.largest("calm", 500)) == (2, 2)
    waiting = await waits(shares, "flood", "6")
    assert waiting is not None
    assert await waits(shares, "calm", "b") is None
    shares.leave("flood", "012345", ended=True)
    await waiting
    # and it is alone again when the other has brought nothing for a while
    clock.at = TOGETHER_SECONDS
    assert shares.largest("flood", 500) == 10


async def test_whoever_has_filled_its_share_rests_as_long_as_that_took(shares: Shares, clock: Clock) -> None:
    # Given one that has filled its share beside another, and brings more
    await shares.enter("calm", ["a"])
    await shares.enter("flood", "01")
    waiting = await waits(shares, "flood", "2")
    assert waiting is not None
    # When that has ended after a second, it waits for one more, and the other does not
    clock.at += 1
    shares.leave("flood", "01", ended=True)
    assert await waits(shares, "calm", "b") is None
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.at += 1
    shares.leave("flood", (), ended=True)
    await waiting
    # and whoever brings no more than its share never rests
    shares.leave("calm", "ab", ended=True)
    assert await waits(shares, "calm", "c") is None


@given(idle=st.integers(1, 6), present=st.integers(0, 6), took=st.floats(0.1, 2.0))
async def test_a_rest_is_for_those_that_are_present_and_for_none_that_is_idle(
    idle: int, present: int, took: float
) -> None:
    # Given organisations that have handed in a moment ago, others that wait for a result, and one that floods
    clock = Clock()
    shares = Shares(alone=10, shared=2, clock=clock)
    for number in range(idle):
        await shares.enter(f"idle-{number}", ["a"])
        shares.leave(f"idle-{number}", ["a"], ended=True)
    clock.at += PRESENT_SECONDS
    for number in range(present):
        await shares.enter(f"present-{number}", ["a"])
    await shares.enter("flood", "01")
    waiting = await waits(shares, "flood", "2")
    assert waiting is not None
    # When what it had under way has ended
    clock.at += took
    shares.leave("flood", "01", ended=True)
    for _ in range(5):
        await asyncio.sleep(0)
    # Then it rests as long as that took for each that is present, for three at most, and not at all for the idle
    assert waiting.done() is (present == 0)
    clock.at += min(MOST_RESTS, present) * took + INSTANT
    shares.leave("flood", ())
    await waiting


async def test_a_rest_ends_when_nobody_is_left_to_rest_for(shares: Shares, clock: Clock) -> None:
    await shares.enter("calm", ["a"])
    await shares.enter("flood", "01")
    waiting = await waits(shares, "flood", "2")
    assert waiting is not None
    clock.at += 3
    shares.leave("flood", "01", ended=True)
    shares.leave("calm", "a", ended=True)
    clock.at += PRESENT_SECONDS
    shares.leave("flood", ())
    await waiting


async def test_what_is_more_than_a_share_enters_when_nothing_is_under_way(shares: Shares) -> None:
    await shares.enter("calm", ["a"])
    assert await waits(shares, "flood", *"0123456789") is None


async def test_where_no_end_comes_nobody_waits_until_one_does(shares: Shares, patience: None) -> None:
    # Given a way that is full, and scoring that is down
    await shares.enter("acme", "0123456789")
    # When more come, then they wait once, and from then on not at all
    await shares.enter("acme", ["10"])
    for number in range(11, 40):
        assert await waits(shares, "acme", str(number)) is None
    # When an end comes, what is under way counts again
    shares.leave("acme", ["39"], ended=True)
    await shares.enter("acme", [f"again-{number}" for number in range(10)])
    waiting = await waits(shares, "acme", "over")
    assert waiting is not None
    shares.leave("acme", ["again-0"], ended=True)
    await waiting


async def test_what_never_began_leaves_room(shares: Shares) -> None:
    await shares.enter("acme", "0123456789")
    waiting = await waits(shares, "acme", "next")
    assert waiting is not None
    shares.leave("acme", "0")
    await waiting


async def test_an_organisation_that_has_not_come_for_long_is_forgotten(shares: Shares, clock: Clock) -> None:
    for number in range(100):
        clock.at = number * 60 * TOGETHER_SECONDS
        await shares.enter(f"organisation-{number}", ["a"])
    assert len(shares._shares) <= 2
