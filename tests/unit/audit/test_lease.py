"""One holder of a lease at a time: who finds it renewed is refused, who cannot renew it stops before another."""

import itertools

import pytest

from services.audit.tlog.lease import LEASE_SECONDS, PATH, ConditionFailedError, Lease
from services.audit.tlog.lock import LockedError
from services.audit.tlog.storage import SupersededError


class Store:
    """Objects in memory, each put with a tag of its own. `away` does not answer; `careless` ignores conditions."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, str]] = {}
        self.away = self.careless = self.answer_lost = False
        self._tags = itertools.count()

    def get(self, path: str) -> tuple[bytes, str]:
        if self.away:
            raise OSError("no answer")
        if path not in self.objects:
            raise FileNotFoundError(path)
        return self.objects[path]

    def put(self, path: str, data: bytes, condition: str | None) -> str:
        if self.away:
            raise OSError("no answer")
        there = self.objects.get(path)
        if not self.careless and condition != (there[1] if there else None):
            raise ConditionFailedError(path)
        tag = str(next(self._tags))
        self.objects[path] = data, tag
        if self.answer_lost:
            self.answer_lost = False
            raise ConditionFailedError("the request was repeated, and found itself")
        return tag


class Time:
    """A clock that waiting moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def time() -> Time:
    return Time()


def abandoned(store: Store, time: Time) -> Lease:
    """A lease whose holder was killed."""
    lease = Lease(store, time, time.wait)
    lease._take("appender")
    return lease


def test_a_lease_that_was_given_back_is_taken_at_once(store, time):
    for _ in range(2):
        with Lease(store, time, time.wait).held("appender"):
            pass
    assert time.now == 1_000.0


def test_who_finds_it_renewed_is_refused_and_changes_nothing(store, time):
    first = abandoned(store, time)

    def wait_while_it_is_renewed(seconds: float) -> None:
        time.wait(seconds)
        first.renew()

    with pytest.raises(LockedError, match="already has its appender"):
        Lease(store, time, wait_while_it_is_renewed)._take("appender")
    first.check()


def test_one_that_is_not_renewed_is_taken_over_and_its_holder_stops_when_it_comes_back(store, time):
    first = abandoned(store, time)
    second = Lease(store, time, time.wait)
    second._take("appender")
    assert time.now >= 1_000.0 + LEASE_SECONDS
    second.check()
    # Given that the first one was only away
    with pytest.raises(OSError, match="could not be renewed"):
        first.check()
    first.renew()
    with pytest.raises(SupersededError):
        first.check()


def test_of_two_who_take_it_at_the_same_time_one_is_refused(store, time):
    abandoned(store, time)
    second = Lease(store, time, time.wait)

    def wait_while_another_takes_it(seconds: float) -> None:
        time.wait(seconds)
        if time.now >= 1_000.0 + LEASE_SECONDS:
            second._take("appender")

    with pytest.raises(LockedError):
        Lease(store, time, wait_while_another_takes_it)._take("appender")


def test_who_cannot_renew_writes_nothing_half_a_lease_later_and_goes_on_when_it_can(store, time):
    lease = abandoned(store, time)
    store.away = True
    time.wait(LEASE_SECONDS / 2)
    lease.check()
    time.wait(0.1)
    with pytest.raises(OSError, match="nothing is written until it is"):
        lease.check()
    store.away = False
    lease.renew()
    lease.check()


def test_a_renewal_whose_answer_was_lost_is_known_again(store, time):
    lease = abandoned(store, time)
    store.answer_lost = True
    lease.renew()
    lease.renew()
    lease.check()


def test_a_store_that_ignores_conditions_is_refused(store, time):
    store.careless = True
    with pytest.raises(OSError, match="does not honour conditional puts"), Lease(store, time).held("appender"):
        pass
    assert PATH in store.objects
