"""The log as the service runs it: signed at most once a second, mended after a full disk, one at a time."""

import asyncio

import pytest

from services.audit.tlog.appender import Appender
from services.audit.tlog.checkpoint import open_checkpoint
from services.audit.tlog.lock import LockedError
from services.audit.tlog.log import StoreError
from tests.unit.audit.breaking_disk import BreakingDisk
from tests.unit.audit.examples import SIGNER, SOURCE, VKEY, entries


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def appender(clock):
    with Appender(BreakingDisk(), SIGNER, clock) as appender:
        yield appender


def stated(appender: Appender) -> int:
    return open_checkpoint(appender.reader().checkpoint(), VKEY).size


async def test_an_empty_log_has_a_checkpoint_from_the_start(appender):
    assert (stated(appender), appender.signed_size) == (0, 0)


async def test_a_checkpoint_is_signed_at_most_once_a_second(appender, clock):
    await appender.append(entries(1), {SOURCE: 0}, {})
    await appender.append(entries(1, 1), {SOURCE: 2}, {})
    assert (stated(appender), appender.state.size) == (1, 2)
    clock.seconds = 1.0
    await appender.append(entries(1, 2), {SOURCE: 4}, {})
    assert stated(appender) == appender.signed_size == 3


async def test_what_is_unsigned_when_nothing_comes_any_more_is_signed_when_a_second_has_passed(appender, clock):
    await appender.append(entries(1), {SOURCE: 0}, {})
    await appender.append(entries(1, 1), {SOURCE: 2}, {})
    await appender.sign()
    assert stated(appender) == 1
    clock.seconds = 1.0
    await appender.sign()
    assert stated(appender) == 2


async def test_who_waits_for_a_signature_is_told_when_it_covers_the_entry(appender, clock):
    waiting = asyncio.create_task(appender.signed(1))
    await appender.append(entries(2), {SOURCE: 2}, {})
    await waiting
    assert stated(appender) == 2


async def test_after_a_full_disk_it_goes_on_where_it_was_once_there_is_room(clock):
    with Appender(disk := BreakingDisk(), SIGNER, clock) as appender:
        await appender.append(entries(3), {SOURCE: 4}, {"t/0": 3})
        # Given a disk that is full in the middle of an append
        disk.full_at = disk.operations + 2
        with pytest.raises(StoreError, match="No space left"):
            await appender.append(entries(2, 3), {SOURCE: 8}, {"t/0": 5})
        # Then what was before is all that the log states, and it takes nothing before it is opened again
        assert (appender.state.size, appender.state.offsets) == (3, {"t/0": 3})
        with pytest.raises(StoreError):
            await appender.append(entries(2, 3), {SOURCE: 8}, {"t/0": 5})
        # When there is room
        disk.full_at = 0
        await appender.reopen()
        await appender.append(entries(2, 3), {SOURCE: 8}, {"t/0": 5})
        # Then nothing is missing or double
        assert [appender.reader().entry(index) for index in range(5)] == entries(5)


def test_a_second_appender_on_the_same_log_refuses_to_start(tmp_path):
    second = pytest.raises(LockedError, match="one at a time")
    with Appender(tmp_path, SIGNER), second, Appender(tmp_path, SIGNER):
        pass


def test_the_lock_is_free_when_it_has_ended(tmp_path):
    for _ in range(2):
        with Appender(tmp_path, SIGNER):
            pass
