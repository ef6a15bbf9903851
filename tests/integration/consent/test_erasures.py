"""What an erasure stops, destroys and leaves, on both databases."""

from pathlib import Path

import msgspec
import orjson
import pytest

from schemas.events import ErasureOrder, Revoked, StoreReport
from schemas.keys import ReleaseKeys
from schemas.purposes import PURPOSES
from services.consent.rights.filed import AlreadyErased
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
