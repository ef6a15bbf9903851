"""What an erasure stops, destroys and leaves, on both databases."""

import re
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import cycle, repeat
from pathlib import Path

import msgspec
import orjson
import pytest
from sqlalchemy import insert, select, update

from infra.clock import now, written
from infra.db.outbox import Message
from infra.kafka.dead_letter import Poisoned
from infra.kafka.producer import BrokerUnavailable
from schemas.events import ErasureOrder, Revoked, StoreReport
from schemas.keys import CreatedKey, ReleaseKeys
from schemas.purposes import PURPOSES
from schemas.topics import Topic, gone_from_kafka
from services.consent.app import hear
from services.consent.erasure.cases import read_time
from services.consent.erasure.due import DUE, due_cases, due_values
from services.consent.erasure.erased_journal import ErasedJournal
from services.consent.erasure.reapplication import erase_again, undecided
from services.consent.erasure.requests import PrivacyRequests
from services.consent.keys.clients import LetGo
from services.consent.rights.filed import AlreadyErased
from services.consent.tables import hand_ins, requests
from services.consent.worker import Worker
from tests.integration.consent.conftest import Running, entries


async def refusals(running: Running, alias: str) -> dict[str, str | None]:
    answers = [(await running.stores.keystore.release(ReleaseKeys(p, (alias,)))).keys[0] for p in PURPOSES]
    return {purpose: answer.reason for purpose, answer in zip(PURPOSES, answers, strict=True)}


async def test_while_it_is_pending_access_alone_goes_on(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    await running.stores.requests.open_erasure(created.alias)
    reasons = await refusals(running, created.alias)
    assert {purpose for purpose, reason in reasons.items() if reason is None} == {"access"}
    assert set(reasons.values()) == {None, "erasure-pending"}
    assert (await running.hand_in("event-2", claim_code=created.claim_code))[0].reason == "erasure-pending"


async def test_after_it_nothing_is_released_and_nothing_leads_to_the_person(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    await running.erase(created.alias)
    assert set((await refusals(running, created.alias)).values()) == {"erased"}
    assert await running.stores.keystore.resolve(created.claim_code) is None
    assert (await running.hand_in("event-1"))[0].status == "gone"
    assert (await running.hand_in("event-2", claim_code=created.claim_code))[0].reason == "unknown-claim-code"
    assert await running.stores.consents.of(created.alias) == []


async def test_what_tells_that_a_hand_in_is_gone_ends_with_the_time_in_which_it_is_repeated(
    running: Running, moved_clock: Callable[[timedelta], None]
) -> None:
    # Given an erased person's hand-in, and a living one's of the same age
    erased, living = await running.hand_in("event-1", "event-2")
    await running.erase(erased.alias)
    store = running.stores.keystore
    await store.forget_gone(before=written(now() - timedelta(days=8)))
    assert (await running.hand_in("event-1"))[0].status == "gone"
    # When nobody can repeat it any more
    moved_clock(timedelta(days=9))
    await store.forget_gone(before=written(now() - timedelta(days=8)))
    # Then nothing is kept of it, and what is of the living stays
    async with running.stores.database.read() as connection:
        rows = (await connection.execute(select(hand_ins.c.event_id, hand_ins.c.alias))).all()
    assert [tuple(row) for row in rows] == [("event-2", living.alias)]


async def test_an_external_id_that_comes_again_is_a_new_person(running: Running) -> None:
    (old,) = await running.hand_in("event-1", tenant="acme", external_id="E-17")
    await running.erase(old.alias)
    (new,) = await running.hand_in("event-2", tenant="acme", external_id="E-17")
    assert (new.status, new.alias != old.alias, new.key_id != old.key_id) == ("active", True, True)


async def test_the_neighbours_are_untouched(running: Running) -> None:
    one, other = await running.hand_in("event-1", "event-2")
    before = (await running.stores.keystore.release(ReleaseKeys("access", (other.alias,)))).keys[0].subkeys
    await running.erase(one.alias)
    after = (await running.stores.keystore.release(ReleaseKeys("access", (other.alias,)))).keys[0].subkeys
    assert before == after


async def test_a_second_request_is_the_first_one(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    first = await running.stores.requests.open_erasure(created.alias)
    assert await running.stores.requests.open_erasure(created.alias) == first


async def test_each_change_leaves_one_entry_and_each_narrowing_one_revocation(running: Running) -> None:
    # Given an erasure with both reports
    (created,) = await running.hand_in("event-1")
    request = await running.erase(created.alias)
    await report(running, request)
    # When it is driven to its end twice
    await running.worker.once()
    await running.worker.once()
    # Then each change stands in the outbox once
    assert entries(running) == [
        "configuration-changed",
        "consent-given",
        "consent-given",
        "request-opened",
        "erased",
        "request-closed",
    ]
    revoked = [msgspec.msgpack.decode(m.value, type=Revoked) for m in running.topics.of("keys.revoked")]
    assert [one.kind for one in revoked] == ["erasure-pending", "erased"]
    assert {message.key for message in running.topics.of("keys.revoked")} == {created.alias}
    (order,) = running.topics.of("privacy.requests")
    assert (order.key, msgspec.msgpack.decode(order.value, type=ErasureOrder).request) == (created.alias, request)


async def report(running: Running, request: str) -> None:
    await running.stores.requests.take_report(StoreReport("intake", request, {"results": 2}))
    await running.stores.requests.take_report(StoreReport("intake", request, {"results": 0}))
    await running.stores.requests.take_report(StoreReport("audit", request, {"trails": 1}, 7, "note"))


async def test_no_day_for_the_topics_is_signed_before_every_service_has_let_go_of_the_key(running: Running) -> None:
    # Given an erasure whose key is gone, while services may still write what they have in hand
    (created,) = await running.hand_in("event-1")
    request = await running.erase(created.alias)
    early = orjson.loads(await running.stores.requests.receipt(request))["receipt"]
    # Then its receipt says nothing of the topics, and the complete one says it
    assert (early["stage"], early["unreadable_copies_gone_by"]["kafka"]) == ("revoked", None)
    await report(running, request)
    await running.worker.once()
    late = orjson.loads(await running.stores.requests.receipt(request))["receipt"]
    let_go = (await running.stores.requests.find(request)).acknowledged_at
    assert late["unreadable_copies_gone_by"]["kafka"] == written(gone_from_kafka(let_go))


async def test_the_receipt_counts_what_was_destroyed_and_takes_each_report_once(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    await running.hand_in("event-2", claim_code=created.claim_code)
    request = await running.erase(created.alias)
    await report(running, request)
    await running.worker.once()
    receipt = orjson.loads(await running.stores.requests.receipt(request))["receipt"]
    counts = {part["store"]: part["counts"] for part in receipt["destroyed"]}
    assert counts == {
        "consent": {
            "data_keys": 1,
            "consent_ends": 0,
            "codes": 0,
            "expiries": 0,
            "handles": 1,
            "holds": 0,
            "instructions_unlinked": 0,
            "invitations": 0,
            "consent_records": 2,
            "hand_ins_unlinked": 2,
            "report_parts": 0,
            "requests_unlinked": 0,
        },
        "intake": {"results": 2},
        "audit": {"trails": 1},
    }
    assert (receipt["stage"], receipt["log"]["index"]) == ("complete", 7)


async def test_a_report_on_a_request_that_is_not_ours_changes_nothing(running: Running) -> None:
    await running.stores.requests.take_report(StoreReport("intake", "unknown", {}))
    assert await running.stores.requests.find("unknown") is None


@pytest.mark.parametrize("cancelled", [False, True])
async def test_what_is_reported_before_it_was_ordered_proves_nothing(
    running: Running, patient: PrivacyRequests, moved_clock: Callable[[timedelta], None], cancelled: bool
) -> None:
    # Given an erasure within its window, for which somebody reports all there is to report
    (created,) = await running.hand_in("event-1")
    request = (await patient.open_erasure(created.alias)).request
    await report(running, request)
    if cancelled:
        await patient.cancel(request, created.alias)
    # When its window is over
    moved_clock(timedelta(hours=25))
    await running.worker.once()
    # Then the stores are asked, and their own counts alone make it complete
    assert (await patient.find(request)).state == ("cancelled" if cancelled else "ordered")
    if not cancelled:
        assert stores_of(await patient.receipt(request)) == {"consent"}
        await report(running, request)
        assert stores_of(await patient.receipt(request)) == {"consent", "intake", "audit"}


async def test_a_report_of_a_service_that_is_no_store_stands_in_no_receipt(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    request = await running.erase(created.alias)
    for service in ("whoever", "scoring", "consent"):
        await running.stores.requests.take_report(StoreReport(service, request, {"rows": 7}))
        with pytest.raises(Poisoned):
            await hear(running.stores, msgspec.msgpack.encode(StoreReport(service, request, {"rows": 7})))
    await report(running, request)
    receipt = await running.stores.requests.receipt(request)
    assert stores_of(receipt) == {"consent", "intake", "audit"}
    assert b'"rows"' not in receipt


def stores_of(receipt: bytes | None) -> set[str]:
    return {part["store"] for part in orjson.loads(receipt or b"")["receipt"]["destroyed"]}


class Away:
    """A broker that takes nothing until it is back."""

    def __init__(self, running: Running) -> None:
        self._topics = running.topics
        self.back = False

    async def __call__(self, topic: Topic, messages: Sequence[Message]) -> Sequence[int]:
        if not self.back:
            raise BrokerUnavailable("away")
        return await self._topics(topic, messages)


async def test_it_does_not_wait_for_the_broker(running: Running) -> None:
    # Given a broker that is away
    broker = Away(running)
    worker = Worker(running.stores, broker)
    (created,) = await running.hand_in("event-1")
    request = (await running.stores.requests.open_erasure(created.alias)).request
    # When an erasure is due, then the key is destroyed all the same
    await worker.once()
    assert worker.broker_missing
    assert (await running.stores.requests.find(request)).state == "revoked"
    assert set((await refusals(running, created.alias)).values()) == {"erased"}
    assert orjson.loads(await running.stores.requests.receipt(request))["receipt"]["stage"] == "revoked"
    # And it goes on to its end once the broker is back
    broker.back = True
    await worker.once()
    assert not worker.broker_missing
    await report(running, request)
    assert (await running.stores.requests.find(request)).state == "complete"


async def test_with_a_service_down_for_an_hour_it_ends_in_the_same_state(
    running: Running, moved_clock: Callable[[timedelta], None]
) -> None:
    # Given audit, which was given a key, has ended without a word, and does not report
    (created,) = await running.hand_in("event-1")
    await running.stores.key_clients.serve("audit", "one")
    request = await running.erase(created.alias)
    assert (await running.stores.requests.find(request)).state == "revoked"
    # When its memory has run out, then the stores are asked; the receipt waits for audit
    moved_clock(timedelta(hours=1))
    await running.worker.once()
    await running.stores.requests.take_report(StoreReport("intake", request, {"results": 2}))
    assert (await running.stores.requests.find(request)).state == "ordered"
    assert stores_of(await running.stores.requests.receipt(request)) == {"consent"}
    # And is true once audit is back
    await running.stores.requests.take_report(StoreReport("audit", request, {"trails": 1}, 7, "note"))
    receipt = orjson.loads(await running.stores.requests.receipt(request))["receipt"]
    assert receipt["stage"] == "complete"
    assert written_later(receipt["issued_at"], receipt["erased_at"]) >= timedelta(hours=1)


def written_later(later: str, earlier: str) -> timedelta:
    return read_time(later) - read_time(earlier)


async def test_a_hold_that_is_set_after_a_commit_failed_is_not_overridden_by_the_journal(
    running: Running, tmp_path: Path
) -> None:
    # Given an erasure that the journal knows as begun and whose transaction failed, and then a hold
    (created,) = await running.hand_in("event-1")
    request = (await running.stores.requests.open_erasure(created.alias)).request
    journal = ErasedJournal(tmp_path / "erased")
    journal.begin(created.alias)
    await running.stores.holds.set("event-1", "a claim before the labour court")
    # When the service starts, then the hold stands
    async with running.stores.database.write() as connection:
        begun = await undecided(connection, journal.remembered().begun)
        await erase_again(connection, running.stores.outboxes, begun)
    await running.worker.once()
    assert (await running.stores.requests.find(request)).state == "pending"


async def test_thousands_that_wait_cost_no_look(running: Running, patient: PrivacyRequests) -> None:
    """On PostgreSQL a statement takes 32,767 parameters; a look asks for what is due alone."""
    people = [one for start in range(0, 6_000, 2_000) for one in await many(running, start)]
    rows = [
        {
            "id": secrets.token_hex(16),
            "type": "erasure",
            "alias": one.alias,
            "state": state,
            "prior_state": "active",
            "opened_at": "2026-11-01T00:00:00Z",
            "due_at": due_at,
        }
        for one, state, due_at in zip(
            people, cycle(["pending", "revoked", "ordered"]), repeat("2999-01-01T00:00:00Z"), strict=False
        )
    ]
    async with running.stores.database.write() as connection:
        await connection.execute(insert(requests), rows)
    async with running.stores.database.read() as connection:
        assert await due_cases(connection, now(), running.stores.key_clients.let_go()) == []
    assert await patient.advance() is False


async def many(running: Running, start: int) -> list[CreatedKey]:
    return await running.hand_in(*(f"many-{number}" for number in range(start, start + 2_000)))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_query_of_a_look_and_of_a_revocation_goes_by_an_index(running: Running) -> None:
    let_go = LetGo(5, 9, now())
    sent = update(requests).where(requests.c.revocation == 7).values(revoked_at="")
    async with running.stores.database.read() as connection:
        for query in (DUE.params(due_values(now(), let_go)), sent):
            text = str(query.compile(connection.sync_engine, compile_kwargs={"literal_binds": True}))
            plan = [row[-1] for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
            assert [step for step in plan if re.match(r"SCAN (requests|holds)", step)] == [], (text, plan)


async def test_a_person_who_is_erased_cannot_ask_again(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    request = await running.erase(created.alias)
    await report(running, request)
    await running.worker.once()
    with pytest.raises(AlreadyErased):
        await running.stores.requests.open_erasure(created.alias)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_file_holds_the_wrapped_key_after_it(running: Running) -> None:
    """Searched byte by byte, the -wal file too. PostgreSQL keeps it in its WAL until the epoch dies."""
    database = running.stores.database
    (created,) = await running.hand_in("event-1")
    wrapped = await _wrapped_key(running, created.alias)
    files = list(Path(str(database.url.database)).parent.glob("*.db*"))
    assert any(wrapped in file.read_bytes() for file in files)
    await running.erase(created.alias)
    assert not any(wrapped in file.read_bytes() for file in files)


async def _wrapped_key(running: Running, alias: str) -> bytes:
    from services.consent.ledger import standings

    async with running.stores.database.read() as connection:
        return (await standings(connection, [alias]))[alias].wrapped_key
