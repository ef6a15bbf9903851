"""The same key is the same event for 48 hours; then nobody can tell any more which key an event came from."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from infra.crypto.claim_code import spelt
from infra.db.engine import Database
from services.intake.handing_in import idempotency
from services.intake.handing_in.day_secrets import DaySecrets
from services.intake.handing_in.idempotency import IdempotencyKeys
from services.intake.tables import idempotency_keys

SEEN = datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)


class Clock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(SEEN)
    monkeypatch.setattr(idempotency, "now", clock)
    return clock


@pytest.fixture
def keys(database: Database, tmp_path: Path) -> IdempotencyKeys:
    return IdempotencyKeys(database, DaySecrets(tmp_path / "days"))


async def event(keys: IdempotencyKeys, key: str | None = "k", tenant: str = "acme") -> str:
    return (await keys.events(tenant, key)).event_id(1)


async def test_the_same_key_is_the_same_event_for_48_hours(keys: IdempotencyKeys, clock: Clock) -> None:
    first = await event(keys)
    for hours in (0, 1, 24, 48):
        clock.moment = SEEN + timedelta(hours=hours)
        await keys.expire()
        assert await event(keys) == first


@pytest.mark.parametrize("swept", [True, False])
async def test_when_its_day_has_ended_48_hours_ago_a_key_means_nothing(
    keys: IdempotencyKeys, clock: Clock, swept: bool
) -> None:
    first = await event(keys)
    clock.moment = SEEN + timedelta(hours=48, seconds=1)
    if swept:
        await keys.expire()
    assert await event(keys) != first


async def test_with_a_day_its_secret_and_its_keys_are_destroyed(
    keys: IdempotencyKeys, clock: Clock, database: Database, tmp_path: Path
) -> None:
    await event(keys)
    assert [one.name for one in (tmp_path / "days").iterdir()] == ["2026-11-20"]
    clock.moment = SEEN + timedelta(hours=48, seconds=1)
    await keys.expire()
    assert list((tmp_path / "days").iterdir()) == []
    async with database.read() as connection:
        assert (await connection.execute(select(idempotency_keys))).all() == []


async def test_keys_of_two_organisations_and_two_keys_of_one_are_apart(keys: IdempotencyKeys, clock: Clock) -> None:
    assert len({await event(keys), await event(keys, "l"), await event(keys, tenant="other")}) == 3
    assert await event(keys, "b", "a") != await event(keys, "ab", "")


async def test_the_same_key_under_another_claim_code_or_without_one_is_another_event(
    keys: IdempotencyKeys, clock: Clock
) -> None:
    # Given the codes of two people, and a third text that is no code
    codes = [None, *(spelt(bytes([number]) * 17) for number in (1, 2)), "no code"]
    events = [(await keys.events("individuals", "k" * 32, code)).event_id(1) for code in codes]
    assert len(set(events)) == len(codes)
    # Then each is the same event again under the same code, however it is spelt
    written = (codes[1] or "").lower().replace("-", " ")
    assert (await keys.events("individuals", "k" * 32, written)).event_id(1) == events[1]


async def test_no_key_is_stored_as_it_was_written(keys: IdempotencyKeys, clock: Clock, database: Database) -> None:
    await event(keys, "CANARY-7f3a91")
    async with database.read() as connection:
        rows = [*await connection.execute(select(idempotency_keys))]
    assert "CANARY" not in repr(rows)


async def test_many_keys_are_seen_at_once_and_a_repeated_one_is_one(keys: IdempotencyKeys, clock: Clock) -> None:
    # Given keys of yesterday and of today, one of them twice
    old = [await event(keys, f"k{number}") for number in range(3)]
    clock.moment = SEEN + timedelta(hours=20)
    asked = [*(f"k{number}" for number in range(1_500)), "k7"]
    first = [one.event_id(1) for one in await keys.each("acme", asked)]
    # Then each is what it was when it was first seen
    assert first[:3] == old
    assert first[7] == first[-1]
    assert len(set(first)) == 1_500
    assert [one.event_id(1) for one in await keys.each("acme", asked)] == first


async def test_instances_that_share_the_files_know_each_others_keys(
    keys: IdempotencyKeys, clock: Clock, database: Database, tmp_path: Path
) -> None:
    other = IdempotencyKeys(database, DaySecrets(tmp_path / "days"))
    assert await event(other) == await event(keys)
