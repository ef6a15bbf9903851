"""What recognises the body of a hand-in is removed when no Idempotency-Key can name it any more; all else stays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from infra.clock import written
from infra.db.engine import Database
from services.intake.assessments.fence import Fence
from services.intake.assessments.recognised import AGED
from services.intake.assessments.rows import Accepted, Ended
from services.intake.assessments.store import Store
from services.intake.handing_in import idempotency
from services.intake.handing_in.day_secrets import DaySecrets
from services.intake.handing_in.idempotency import IdempotencyKeys

MAC = b"CANARY-2b61f0c4d"
ALIAS, OTHER = "a" * 32, "b" * 32
LAST_SECOND = datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)
NEXT_DAY = LAST_SECOND + timedelta(seconds=1)
ENDED = LAST_SECOND + timedelta(hours=48, seconds=1)
OLD = Accepted("1" * 32, "individuals", ALIAS, MAC, written(LAST_SECOND), b"sealed", b"reference")
SCORED = Ended(OLD.id, OLD.tenant, ALIAS, "scored", written(NEXT_DAY), result=b"result", leaf=b"leaf")
YOUNG = Accepted("2" * 32, "acme", OTHER, MAC, written(NEXT_DAY))


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


@pytest.fixture
def keys(database: Database, tmp_path: Path) -> IdempotencyKeys:
    return IdempotencyKeys(database, DaySecrets(tmp_path / "days"))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """48 hours after the day of the old hand-in has ended."""
    monkeypatch.setattr(idempotency, "now", lambda: ENDED)
    return monkeypatch


async def test_48_hours_after_the_day_of_its_hand_in_a_mac_is_removed_and_all_else_stays(
    store: Store, keys: IdempotencyKeys, at: pytest.MonkeyPatch
) -> None:
    # Given a hand-in of the last second of a day, scored, and one of the first second of the next
    await store.accept([OLD, YOUNG])
    await store.end([SCORED])
    before = await store.find([OLD.id, YOUNG.id])
    # When the first day's 48 hours are not over, then both are recognised
    at.setattr(idempotency, "now", lambda: ENDED - timedelta(seconds=1))
    await keys.expire()
    assert await store.find([OLD.id, YOUNG.id]) == before
    # When they are over, then the old one is not, and nothing else has changed
    at.setattr(idempotency, "now", lambda: ENDED)
    await keys.expire()
    assert await store.find([OLD.id, YOUNG.id]) == before | {OLD.id: replace(before[OLD.id], mac=AGED)}


@pytest.mark.usefixtures("at")
async def test_no_key_has_to_have_come_with_it(store: Store, keys: IdempotencyKeys, tmp_path: Path) -> None:
    await store.accept([OLD])
    assert not (tmp_path / "days").exists()
    await keys.expire()
    row = await store.get(OLD.id)
    assert row is not None
    assert row.mac == AGED


@pytest.mark.usefixtures("at")
async def test_a_beginning_that_is_read_again_does_not_bring_it_back(store: Store, keys: IdempotencyKeys) -> None:
    await store.accept([OLD])
    await keys.expire()
    aged = await store.get(OLD.id)
    await store.accept([replace(OLD, submitted_at=written(ENDED))])
    assert await store.get(OLD.id) == aged


@pytest.mark.usefixtures("at")
async def test_an_end_whose_beginning_has_not_been_read_is_completed_by_it_however_late(
    store: Store, keys: IdempotencyKeys
) -> None:
    await store.end([replace(SCORED, ended_at=OLD.submitted_at)])
    await keys.expire()
    await store.accept([replace(OLD, submitted_at=written(ENDED))])
    row = await store.get(OLD.id)
    assert row is not None
    assert (row.state, row.mac, row.submitted_at) == ("scored", MAC, written(ENDED))


@pytest.mark.usefixtures("at")
async def test_an_erasure_counts_aged_rows_as_it_counts_all_others(
    store: Store, keys: IdempotencyKeys, database: Database
) -> None:
    # Given one aged and one young hand-in of a person
    await store.accept([OLD, replace(YOUNG, alias=ALIAS)])
    await keys.expire()
    # Then both are emptied and counted
    assert (await Fence(database).erase([ALIAS]))[ALIAS]["assessments"] == 2


@pytest.mark.usefixtures("at")
async def test_what_is_gone_stays_as_it_is(store: Store, keys: IdempotencyKeys, database: Database) -> None:
    # Given an erased hand-in of a day that has ended long ago
    await store.accept([OLD])
    counted = await Fence(database).erase([ALIAS])
    gone = await store.get(OLD.id)
    # When it is looked for what is to be aged
    await keys.expire()
    # Then row, number and count are what they were
    assert gone is not None
    assert gone.mac is None
    assert await store.get(OLD.id) == gone
    assert await Fence(database).erase([ALIAS]) == counted


@pytest.mark.usefixtures("at")
async def test_all_of_a_day_are_aged_at_once_however_many(store: Store, keys: IdempotencyKeys) -> None:
    many = [replace(OLD, id=f"{number:032x}") for number in range(2_001)]
    await store.accept(many)
    await keys.expire()
    assert {row.mac for row in (await store.find([one.id for one in many])).values()} == {AGED}


@pytest.mark.usefixtures("at")
async def test_on_sqlite_no_file_holds_it_any_more(store: Store, keys: IdempotencyKeys, database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("only SQLite's files lie open here")
    await store.accept([OLD])
    assert _held(database)
    await keys.expire()
    assert not _held(database)


async def test_on_sqlite_those_to_be_aged_are_found_by_an_index(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL chooses by what a table holds")
    asked = "EXPLAIN QUERY PLAN SELECT id FROM assessments WHERE length(mac) > 0 AND submitted_at < '2026-11-21'"
    async with database.read() as connection:
        plan = str((await connection.execute(text(asked))).all())
    assert "assessments_recognised" in plan


def _held(database: Database) -> bool:
    file = Path(database.url.database or "")
    return any(MAC in one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
