"""What intake keeps: the first record of an event, in any order of arrival, and nothing of the erased."""

from dataclasses import replace

import pytest

from infra.db.engine import Database
from services.intake.assessments.fence import Fence
from services.intake.assessments.marks import Marks
from services.intake.assessments.rows import Accepted, Ended, Superseded
from services.intake.assessments.store import Store

ALIAS, OTHER = "a" * 32, "b" * 32
EARLY, LATE = "2026-11-23T18:00:00Z", "2026-11-23T18:00:05Z"
ONE = Accepted("1" * 32, "acme", ALIAS, b"mac", EARLY)
SCORED = Ended(ONE.id, "acme", ALIAS, "scored", LATE, result=b"result", detail=b"detail")
OWN = Accepted("5" * 32, "individuals", OTHER, b"mac", EARLY, b"sealed")
OWN_SCORED = Ended(OWN.id, "individuals", OTHER, "scored", LATE, result=b"result", leaf=b"leaf")
REFUSED = Ended(ONE.id, "acme", ALIAS, "refused", LATE, reason="withdrawn")


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


@pytest.fixture
def fence(database: Database) -> Fence:
    return Fence(database)


@pytest.fixture
def marks(database: Database) -> Marks:
    return Marks(database)


async def test_right_after_its_beginning_an_assessment_is_accepted(store: Store) -> None:
    await store.accept([ONE])
    row = await store.get(ONE.id)
    assert row is not None
    assert (row.state, row.tenant, row.alias, row.mac, row.result) == ("accepted", "acme", ALIAS, b"mac", None)
    assert await store.unfinished() == 1
    assert await store.oldest_unfinished() == EARLY
    assert await store.get("2" * 32) is None


async def test_the_first_end_counts(store: Store) -> None:
    await store.accept([ONE])
    await store.end([SCORED, REFUSED])
    await store.end([REFUSED])
    row = await store.get(ONE.id)
    assert row is not None
    assert (row.state, row.result, row.detail, row.reason) == ("scored", b"result", b"detail", None)
    assert await store.oldest_unfinished() is None


@pytest.mark.parametrize("at_once", [False, True])
async def test_what_failed_ends_when_its_dead_letter_is_replayed_and_never_fails_again(
    store: Store, at_once: bool
) -> None:
    failed = replace(SCORED, state="failed", result=None, detail=None, reason="a defect of that day")
    await store.accept([ONE])
    for ends in ([failed, SCORED],) if at_once else ([failed], [failed], [SCORED]):
        await store.end(ends)
    await store.end([failed, REFUSED])
    row = await store.get(ONE.id)
    assert row is not None
    assert (row.state, row.result, row.reason) == ("scored", b"result", None)


async def test_the_first_beginning_counts(store: Store) -> None:
    await store.accept([ONE])
    await store.end([SCORED])
    await store.accept([Accepted(ONE.id, "acme", ALIAS, b"other", LATE)])
    row = await store.get(ONE.id)
    assert row is not None
    assert (row.state, row.mac, row.submitted_at) == ("scored", b"mac", EARLY)


async def test_an_end_before_its_beginning_is_kept_and_completed_by_it(store: Store) -> None:
    await store.end([SCORED])
    await store.accept([ONE])
    row = await store.get(ONE.id)
    assert row is not None
    assert (row.state, row.result, row.mac, row.submitted_at) == ("scored", b"result", b"mac", EARLY)


@pytest.mark.parametrize("beginning_first", [True, False])
async def test_a_persons_sealed_answers_and_the_entry_of_the_score_are_kept(
    store: Store, beginning_first: bool, fence: Fence
) -> None:
    # Given a person's hand-in and its end, in any order of arrival
    steps = [lambda: store.accept([OWN]), lambda: store.end([OWN_SCORED])]
    for step in steps if beginning_first else reversed(steps):
        await step()
    # When the same comes again, sealed anew
    await store.accept([replace(OWN, hand_in=b"sealed again")])
    # Then the first stays
    row = await store.get(OWN.id)
    assert row is not None
    assert (row.hand_in, row.leaf) == (b"sealed", b"leaf")
    # and an erasure takes both
    await fence.erase([OTHER])
    gone = await store.get(OWN.id)
    assert gone is not None
    assert (gone.state, gone.hand_in, gone.leaf) == ("gone", None, None)


async def test_an_end_that_names_another_person_ends_nothing(store: Store) -> None:
    await store.accept([ONE])
    await store.end([Ended(ONE.id, "acme", OTHER, "scored", LATE, result=b"forged")])
    row = await store.get(ONE.id)
    assert row is not None
    assert (row.state, row.result) == ("accepted", None)


async def test_an_erasure_empties_every_row_of_a_person_and_none_of_another(store: Store, fence: Fence) -> None:
    other = Accepted("2" * 32, "acme", OTHER, b"mac", EARLY)
    await store.accept([ONE, Accepted("3" * 32, "acme", ALIAS, b"mac", EARLY), other])
    await store.end([SCORED])
    assert await fence.erase([ALIAS]) == {ALIAS: {"assessments": 2, "drafts": 0, "deliveries": 0}}
    row = await store.get(ONE.id)
    assert row is not None
    assert (row.state, row.alias, row.mac, row.result, row.detail, row.ended_at) == ("gone", *[None] * 5)
    kept = await store.get(other.id)
    assert kept is not None
    assert kept.alias == OTHER


async def test_what_comes_late_for_the_erased_is_not_stored(store: Store, fence: Fence) -> None:
    await store.accept([ONE])
    await fence.erase([ALIAS])
    await store.accept([ONE, Accepted("3" * 32, "acme", ALIAS, b"mac", EARLY)])
    await store.end([SCORED, Ended("4" * 32, "acme", ALIAS, "scored", LATE, result=b"r")])
    row = await store.get(ONE.id)
    assert row is not None
    assert row.state == "gone"
    assert list(await store.find(["3" * 32, "4" * 32])) == []


async def test_the_count_of_an_erasure_is_cumulative_however_often_it_is_ordered(store: Store, fence: Fence) -> None:
    await store.accept([ONE])
    assert await fence.erase([ALIAS]) == {ALIAS: {"assessments": 1, "drafts": 0, "deliveries": 0}}
    assert await fence.erase([ALIAS]) == {ALIAS: {"assessments": 1, "drafts": 0, "deliveries": 0}}
    assert await fence.erase([OTHER]) == {OTHER: {"assessments": 0, "drafts": 0, "deliveries": 0}}


async def test_the_offset_in_the_revocations_is_kept_with_the_effect(fence: Fence, marks: Marks) -> None:
    assert await marks.of_revocations() == 0
    await fence.erase([ALIAS], 7)
    await fence.erase([], 9)
    assert await marks.of_revocations() == 9


async def test_more_assessments_than_one_statement_takes_are_found(store: Store) -> None:
    many = [Accepted(f"{number:032x}", "acme", f"{number:032x}", b"mac", EARLY) for number in range(1_201)]
    await store.accept(many)
    await store.end([Ended(one.id, "acme", one.alias, "refused", LATE, reason="x") for one in many])
    found = await store.find([one.id for one in many])
    assert {row.state for row in found.values()} == {"refused"}
    assert len(found) == 1_201


async def test_the_offsets_of_the_topics_are_kept_beside_what_was_stored(fence: Fence, marks: Marks) -> None:
    assert await marks.kept() == {}
    await marks.keep({"assessments.scored/1": 7, "assessments.refused/0": 2})
    await marks.keep({"assessments.scored/1": 9})
    await fence.erase([], 5)
    assert await marks.kept() == {"assessments.scored/1": 9, "assessments.refused/0": 2}


async def test_a_correction_supersedes_once_it_is_scored_whichever_comes_first(store: Store) -> None:
    # Given an assessment that is scored, and its correction, whose score is read before the correction itself
    await store.accept([OWN])
    await store.end([Ended(OWN.id, OWN.tenant, OWN.alias, "scored", LATE, result=b"1")])
    correction = Accepted("6" * 32, OWN.tenant, OWN.alias, b"mac", LATE, b"sealed", supersedes=OWN.id)
    await store.end([Ended(correction.id, OWN.tenant, OWN.alias, "scored", LATE, result=b"2")])
    assert await store.supersede([correction.id]) == []
    await store.accept([correction])
    # Then the earlier one is marked, and the same is told again
    told = [await store.supersede([correction.id]) for _ in range(2)]
    assert told[0] == told[1] == [Superseded(OWN.tenant, OWN.alias, OWN.id, correction.id, LATE)]
    assert (await store.get(OWN.id)).superseded_by == correction.id


async def test_a_correction_that_was_refused_supersedes_nothing(store: Store) -> None:
    correction = Accepted("6" * 32, OWN.tenant, OWN.alias, b"mac", LATE, b"sealed", supersedes=OWN.id)
    await store.accept([OWN, correction])
    await store.end([Ended(correction.id, OWN.tenant, OWN.alias, "refused", LATE, reason="withdrawn")])
    assert await store.supersede([correction.id]) == []
    assert (await store.get(OWN.id)).superseded_by is None
