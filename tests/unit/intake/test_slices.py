"""What it takes to read one organisation's hand-ins is taken in slices, and leaves room for everybody else's."""

import asyncio

import pytest

from services.intake.handing_in.slices import REST, SLICE_SECONDS, Slices


class Clock:
    """Goes on by what is worked and what is slept."""

    at = 0.0

    def __call__(self) -> float:
        return self.at

    def work(self, seconds: float) -> float:
        self.at += seconds
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock, pause = Clock(), asyncio.sleep

    async def sleep(seconds: float) -> None:
        clock.at += seconds
        await pause(0)

    monkeypatch.setattr("services.intake.handing_in.slices.asyncio.sleep", sleep)
    return clock


def slices(clock: Clock, others: int) -> Slices:
    return Slices(lambda _: others, clock)


async def test_all_is_done_in_order(clock: Clock) -> None:
    done = await slices(clock, 0).done("acme", range(50), lambda one: (clock.work(0.0005), one)[1])
    assert done == list(range(50))


async def test_between_two_slices_of_one_another_is_served(clock: Clock) -> None:
    # Given one that has seconds of work, on several streams
    both = slices(clock, 1)
    worked = 0

    def costly(_: int) -> None:
        nonlocal worked
        worked += 1
        clock.work(SLICE_SECONDS)

    floods = [asyncio.create_task(both.done("flood", range(500), costly)) for _ in range(8)]
    await asyncio.sleep(0)
    # When another comes with one hand-in
    before = worked
    await both.done("calm", [1], lambda _: clock.work(0.0001))
    # Then it waits for one slice at most, and not for what the first has brought
    assert worked <= before + 1
    for flood in floods:
        flood.cancel()
    await asyncio.wait(floods)


async def test_while_others_hand_in_one_has_its_part_of_the_processor_all_its_streams_together(clock: Clock) -> None:
    shared = slices(clock, 1)
    await asyncio.gather(*(shared.done("flood", range(20), lambda _: clock.work(SLICE_SECONDS)) for _ in range(5)))
    worked = 5 * 20 * SLICE_SECONDS
    assert clock.at == pytest.approx((1 + REST) * worked, rel=0.05)


async def test_requests_of_its_own_are_rested_for_with_what_else_they_take(clock: Clock) -> None:
    shared = slices(clock, 1)
    for _ in range(10):
        await shared.done("flood", [1], lambda _: clock.work(0.001), beside=0.003)
    assert clock.at == pytest.approx(10 * 0.001 + 9 * REST * 0.004)


async def test_one_that_is_alone_never_rests(clock: Clock) -> None:
    await slices(clock, 0).done("acme", range(500), lambda _: clock.work(0.001))
    assert clock.at == pytest.approx(0.5)


async def test_nobody_rests_before_they_are_answered(clock: Clock) -> None:
    await slices(clock, 1).done("calm", [1], lambda _: clock.work(0.001))
    assert clock.at == pytest.approx(0.001)
