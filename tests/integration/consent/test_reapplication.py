"""A ledger that was restored learns what people took back since; one that was not restored changes nothing."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, update

from infra.clock import now
from infra.crypto.root_keys.file import FileRootKey
from infra.db.engine import Database
from schemas.events import PendingErasure, Revoked
from schemas.keys import ReleaseKeys
from schemas.purposes import Purpose
from services.consent import ledger
from services.consent.erasure.erased_journal import ErasedJournal
from services.consent.erasure.reapplication import LastWord, _open, erase_again, hold_lost, order_again, reapply
from services.consent.retention.holds import LOST_REASON
from services.consent.retention.terms import set_days
from services.consent.stores import open_stores
from services.consent.tables import outbox_marks, requests
from services.consent.worker import Worker
from tests.integration.consent.conftest import RECEIPT_KEY, Running, Topics, entries

AT = "2026-11-23T18:00:00Z"
LATER = 1_000
"""A ledger sequence that the restored ledger has not reached."""
WINDOW = PendingErasure("ab" * 16, AT, "2099-01-01T00:00:00Z")


async def apply(running: Running, alias: str, revoked: Revoked, offset: int = 40) -> int:
    async with running.stores.database.write() as connection:
        return await reapply(connection, running.stores.outboxes, [LastWord(alias, revoked, offset, AT)])


async def allowed(running: Running, alias: str, purposes: Sequence[Purpose] = ("scoring", "delivery", "access")):
    released = [await running.stores.keystore.release(ReleaseKeys(purpose, (alias,))) for purpose in purposes]
    return [one.keys[0].status == "released" for one in released]


async def newest_entries(running: Running, since: int) -> list[str]:
    await running.worker.once()
    return entries(running)[since:]


async def test_a_withdrawal_made_after_the_backup_stops_its_purpose_alone(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    before = len(await newest_entries(running, 0))
    assert await apply(running, created.alias, Revoked(LATER, "withdrawn", ("scoring",))) == 1
    assert await allowed(running, created.alias) == [False, True, True]
    assert await newest_entries(running, before) == ["restored"]


async def test_a_person_unknown_to_the_backup_stays_unknown(running: Running) -> None:
    assert await apply(running, "cd" * 16, Revoked(LATER, "withdrawn", ("scoring",))) == 0


async def test_a_restriction_made_after_the_backup_is_in_force_again(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    assert await apply(running, created.alias, Revoked(LATER, "restricted")) == 1
    assert await allowed(running, created.alias) == [False, False, True]
    # and the person can have it lifted
    await running.stores.rights.lift(created.alias)
    assert await allowed(running, created.alias) == [True, True, True]


async def test_an_objection_made_after_the_backup_restricts(running: Running) -> None:
    (created,) = await running.hand_in("event-1", tenant="acme")
    assert await apply(running, created.alias, Revoked(LATER, "objected")) == 1
    assert await allowed(running, created.alias) == [False, False, True]


@pytest.mark.parametrize("revoked", [Revoked(LATER, "restricted"), Revoked(LATER, "erasure-pending", (), WINDOW)])
async def test_an_employees_request_is_kept_as_long_as_the_organisation_says(
    running: Running, revoked: Revoked
) -> None:
    # Given an organisation that keeps requests for ten days, and an employee's request of which the topic tells
    async with running.stores.database.write() as connection:
        await set_days(connection, "acme", "requests", 10)
    (created,) = await running.hand_in("event-1", tenant="acme")
    await apply(running, created.alias, revoked)
    # When it has ended
    if revoked.pending is None:
        await running.stores.rights.lift(created.alias)
    else:
        await running.stores.requests.cancel(WINDOW.request, created.alias)
    await running.stores.sweep.once(now() + timedelta(days=11))
    # Then it is gone after those days
    async with running.stores.database.read() as connection:
        assert (await connection.scalars(select(requests.c.id))).all() == []


async def test_a_pending_erasure_keeps_its_request_and_its_window(running: Running) -> None:
    # Given an erasure asked for after the backup
    (created,) = await running.hand_in("event-1")
    assert await apply(running, created.alias, Revoked(LATER, "erasure-pending", (), WINDOW)) == 1
    # Then all but access is stopped, and the person can still undo it under the same id
    assert await allowed(running, created.alias) == [False, False, True]
    cancelled = await running.stores.requests.cancel(WINDOW.request, created.alias)
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert await allowed(running, created.alias) == [True, True, True]


async def test_a_cancellation_made_after_the_backup_holds(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    opened = await running.stores.requests.open_erasure(created.alias)
    assert await apply(running, created.alias, Revoked(LATER, "erasure-cancelled")) == 1
    await running.worker.once()
    found = await running.stores.requests.find(opened.request)
    assert found is not None
    assert found.state == "cancelled"
    assert await allowed(running, created.alias) == [True, True, True]


async def test_a_request_pending_in_the_backup_of_one_already_erased_is_not_logged_as_erased_again(
    running: Running,
) -> None:
    # Given a backup in which the request was pending
    (created,) = await running.hand_in("event-1")
    opened = await running.stores.requests.open_erasure(created.alias)
    # When the topic says that the key was destroyed
    assert await apply(running, created.alias, Revoked(LATER, "erased"), offset=41) == 1
    kinds = await newest_entries(running, 0)
    # Then the erasure goes on to its receipt, from where it had come
    assert (kinds.count("erased"), kinds.count("restored")) == (0, 1)
    found = await running.stores.requests.find(opened.request)
    assert found is not None
    assert found.state == "ordered"
    assert await running.stores.requests.receipt(opened.request) is not None
    assert "erased" not in [decoded(m.value).kind for m in running.topics.of("keys.revoked")]


async def test_what_the_ledger_knows_already_changes_nothing(running: Running) -> None:
    # Given a withdrawal that the person took back by consenting anew
    (created,) = await running.hand_in("event-1")
    (record,) = [one for one in await running.stores.consents.of(created.alias) if one.purpose == "scoring"]
    await running.stores.consents.withdraw(created.alias, record.record_id)
    await running.worker.once()
    said = decoded(running.topics.of("keys.revoked")[-1].value)
    await running.hand_in("event-2", claim_code=created.claim_code)
    # When the service starts again before it noted that the withdrawal was sent
    assert await apply(running, created.alias, said) == 0
    # Then the new consent holds
    assert await allowed(running, created.alias) == [True, True, True]


async def test_the_sequence_goes_on_after_the_last_one_that_was_given(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    await apply(running, created.alias, Revoked(LATER, "withdrawn", ("scoring",)))
    async with running.stores.database.read() as connection:
        assert await ledger.current(connection) > LATER


async def test_numbers_that_the_log_has_are_not_given_again(running: Running) -> None:
    async with running.stores.database.write() as connection:
        await running.stores.outboxes.pass_over(connection, 50)
        await running.stores.outboxes.pass_over(connection, 3)
    await running.hand_in("event-1")
    async with running.stores.database.read() as connection:
        last = await connection.scalar(select(outbox_marks.c.last).where(outbox_marks.c.name == "consent"))
    assert last == 52


@pytest.mark.parametrize("state", ["pending", "complete"])
async def test_only_awaited_reports_are_asked_for_again(running: Running, state: str) -> None:
    (created,) = await running.hand_in("event-1")
    request = await running.erase(created.alias)
    async with running.stores.database.write() as connection:
        await order_again(connection)
    assert len(running.topics.of("privacy.requests")) == 1
    await running.worker.once()
    assert len(running.topics.of("privacy.requests")) == 2
    async with running.stores.database.write() as connection:
        await connection.execute(update(requests).where(requests.c.id == request).values(state=state))
        await order_again(connection)
        found = await connection.scalar(select(requests.c.state).where(requests.c.id == request))
    assert found == state


async def test_a_hold_that_was_set_after_the_backup_still_postpones_the_erasure(
    running: Running, tmp_path: Path
) -> None:
    # Given a pending erasure, and a hold that was set after the backup: the journal alone knows of it
    held, free = await running.hand_in("event-1", "event-2")
    requests_of = [await running.stores.requests.open_erasure(one.alias) for one in (held, free)]
    journal = ErasedJournal(tmp_path / "journal")
    for alias in (held.alias, free.alias, "cd" * 16):
        journal.hold(alias)
    journal.let_go(free.alias)
    # When the ledger learns of it, twice
    for expected in (1, 0):
        async with running.stores.database.write() as connection:
            lost = await hold_lost(connection, running.stores.outboxes, journal.remembered().held)
            assert lost == expected
    await running.worker.once()
    # Then the erasure waits, its person reads that a hold stands, and the other one is carried out
    states = [(await running.stores.requests.find(one.request)).state for one in requests_of]
    assert states == ["pending", "ordered"]
    assert [one.reason for one in await running.stores.holds.of(held.alias)] == [LOST_REASON]
    assert entries(running).count("restored") == 1


async def test_holds_are_remembered_beside_the_secrets_until_the_last_is_lifted(
    database_url: str, tmp_path: Path
) -> None:
    async with Database(database_url, "consent") as database:
        journal = ErasedJournal(tmp_path / "journal")
        root = FileRootKey(tmp_path / "secrets")
        stores = await open_stores(database, root, RECEIPT_KEY, 0, journal=tmp_path / "journal")
        running = Running(stores, Worker(stores, Topics()), Topics())
        (created,) = await running.hand_in("event-1")
        first, second = [await stores.holds.set("event-1", reason) for reason in ("a claim", "another")]
        await stores.holds.lift(first.id)
        assert journal.remembered().held == {created.alias}
        await stores.holds.lift(second.id)
        assert journal.remembered().held == frozenset()


def decoded(value: bytes) -> Revoked:
    return msgspec.msgpack.decode(value, type=Revoked)


async def test_whom_the_journal_knows_as_erased_is_erased_again_and_that_is_published(running: Running) -> None:
    # Given a ledger and a broker restored from before two erasures, one of them then pending, and a neighbour
    one, other, neighbour = await running.hand_in("event-1", "event-2", "event-3")
    async with running.stores.database.write() as connection:
        await _open(connection, other.alias, WINDOW, "active")
    before = len(await newest_entries(running, 0))
    # When the ledger learns from the journal, twice, also of somebody who came after the backup
    for expected in (2, 0):
        async with running.stores.database.write() as connection:
            journal = {one.alias, other.alias, "cd" * 16}
            assert await erase_again(connection, running.stores.outboxes, journal) == expected
    # Then both are erased and no other, each with an entry, and every store is told
    assert [await allowed(running, who.alias, ("access",)) for who in (one, other, neighbour)] == [
        [False],
        [False],
        [True],
    ]
    assert await newest_entries(running, before) == ["restored", "restored"]
    said = running.topics.of("keys.revoked")
    assert {message.key for message in said} == {one.alias, other.alias}
    assert {msgspec.msgpack.decode(message.value, type=Revoked).kind for message in said} == {"erased"}
    # And the request goes on to its receipt
    async with running.stores.database.read() as connection:
        request = (await connection.execute(select(requests).where(requests.c.id == WINDOW.request))).one()
    assert (request.state, request.revocation is not None) == ("ordered", True)
