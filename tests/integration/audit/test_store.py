"""What audit keeps beside the log, on both databases: ids taken once, trails until the erasure."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import services.audit
from infra.db.engine import Database, DatabaseInUse
from infra.db.migrate import migrate
from services.audit.reading.arrivals import Arrived, Trail
from services.audit.store import Store
from services.audit.tlog.entry import read_leaf
from tests.unit.audit.examples import leaf

SCRIPTS = Path(services.audit.__file__).with_name("migrations")
SOURCE = "assessments.scored/0"
ALIAS, OTHER = "a" * 32, "b" * 32
TODAY = 20_000


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url, "audit") as database:
        await migrate(database, SCRIPTS)
        yield database


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


def scored(number: int, place: int | None = None, alias: str = ALIAS, sealed: bytes = b"trail") -> Arrived:
    place = number if place is None else place
    return Arrived(SOURCE, place, read_leaf(leaf(number)), Trail(f"{number:032x}", alias, "acme", sealed))


def id_of(number: int) -> str:
    return read_leaf(leaf(number)).id


async def test_an_id_belongs_to_the_first_record_that_brings_it(store: Store) -> None:
    assert await store.claim([scored(1), scored(2)], 0, TODAY) == [scored(1), scored(2)]
    again = [scored(2, place=7), scored(3, place=8)]
    assert await store.claim(again, 2, TODAY) == [again[1]]
    assert [await store.index_of(id_of(number)) for number in (1, 2, 3)] == [0, 1, 2]


async def test_who_comes_again_after_a_crash_before_the_append_is_given_the_same_at_its_new_index(
    store: Store,
) -> None:
    # Given records whose ids were taken, and a crash before they were appended
    await store.claim([scored(1), scored(2)], 10, TODAY)
    # When they come again, in another order than before
    again = [scored(9), scored(2), scored(1)]
    # Then none is lost, and their indices are those of now
    assert await store.claim(again, 10, TODAY) == again
    assert [await store.index_of(id_of(number)) for number in (9, 2, 1)] == [10, 11, 12]
    assert await store.trails_kept() == 3


async def test_an_id_is_forgotten_when_its_record_can_come_no_more(store: Store) -> None:
    await store.claim([scored(1)], 0, TODAY)
    await store.forget_ids(before=TODAY)
    assert await store.index_of(id_of(1)) == 0
    await store.forget_ids(before=TODAY + 1)
    assert await store.index_of(id_of(1)) is None


async def test_an_id_that_comes_again_is_kept_from_then_on_though_its_record_is_left_out(store: Store) -> None:
    await store.claim([scored(1)], 0, TODAY)
    assert await store.claim([scored(1, place=7), scored(2, place=8)], 1, TODAY + 6) == [scored(2, place=8)]
    await store.forget_ids(before=TODAY + 6)
    assert await store.claim([scored(1, place=30)], 2, TODAY + 12) == []


async def test_an_erasure_deletes_the_trails_of_its_person_alone_and_counts_them_also_when_it_comes_again(
    store: Store,
) -> None:
    await store.claim([scored(1), scored(2), scored(3, alias=OTHER)], 0, TODAY)
    assert await store.erase([ALIAS]) == {ALIAS: {"trails": 2, "acts": 0, "reviews": 0}}
    assert (await store.erase([ALIAS], next_offset=5))[ALIAS]["trails"] == 2
    assert (await store.trails_kept(), await store.revocations_mark()) == (1, 5)


async def test_a_trail_that_comes_after_the_erasure_is_not_kept_and_its_entry_is(store: Store) -> None:
    await store.erase([ALIAS])
    late = [scored(1), scored(2, alias=OTHER)]
    assert await store.claim(late, 0, TODAY) == late
    assert await store.trails_kept() == 1


async def test_an_erased_trail_is_in_no_file_of_an_sqlite_database(tmp_path: Path) -> None:
    canary = b"a sealed trail that must not stay"

    def is_found() -> bool:
        return any(canary in file.read_bytes() for file in tmp_path.glob("audit.db*"))

    async with Database(f"sqlite:///{tmp_path}/audit.db", "audit") as database:
        await migrate(database, SCRIPTS)
        store = Store(database)
        await store.claim([scored(1, sealed=canary)], 0, TODAY)
        assert is_found()
        await store.erase([ALIAS])
        assert not is_found()


async def test_a_second_instance_on_the_same_database_refuses_to_start(database: Database, database_url: str) -> None:
    with pytest.raises(DatabaseInUse, match="another audit is running"):
        async with Database(database_url, "audit"):
            pass


async def test_trails_of_single_assessments_end_and_the_others_of_their_person_stay(store: Store) -> None:
    await store.claim([scored(1), scored(2), scored(3, alias=OTHER)], 0, TODAY)
    for _ in range(2):
        await store.expire(ALIAS, [f"{number:032x}" for number in (1, 3)])
    assert sorted(await store.trails_at([0, 1, 2])) == [1, 2]
