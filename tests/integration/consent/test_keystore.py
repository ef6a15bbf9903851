"""Keys are made once for an event, released by the purpose table alone, and never again after an erasure."""

from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select, update

from infra.clock import now
from infra.crypto.root_key import RootKeyError
from infra.crypto.root_keys.file import FileRootKey
from infra.crypto.sealed import Context, open_sealed, seal
from schemas.keys import CreateKeys, NewPerson, RecordDraft, ReleaseKeys, TenantDomain
from services.consent.controllers.tenants import UnknownTenant
from services.consent.keys.keystore import KeyStore
from services.consent.tables import persons
from tests.integration.consent.conftest import Running


async def released(running: Running, purpose, alias):
    return (await running.stores.keystore.release(ReleaseKeys(purpose, (alias,)))).keys[0]


async def test_what_intake_sealed_scoring_opens_and_delivery_cannot(running: Running) -> None:
    # Given answers sealed at the front door
    (created,) = await running.hand_in("event-1")
    place = Context("individuals", created.alias, "assessments.submitted", "answers/1", "event-1", created.key_id)
    sealed = seal(created.subkeys["answers"], b"answers", place)
    # When scoring and delivery ask for keys
    scoring = await released(running, "scoring", created.alias)
    delivery = await released(running, "delivery", created.alias)
    # Then scoring opens them, and delivery has no key but those of the result and of the name it goes by
    assert open_sealed(scoring.subkeys["answers"], sealed, place) == b"answers"
    assert set(scoring.subkeys) == {"answers", "result", "detail", "trail"}
    assert set(delivery.subkeys) == {"result", "reference"}


async def test_the_same_event_gives_the_same_answer_again(running: Running) -> None:
    first = await running.hand_in("event-1", "event-1", "event-2")
    again = await running.hand_in("event-1")
    assert first[0] == first[1]
    assert (again[0].alias, again[0].claim_code, again[0].subkeys) == (
        first[0].alias,
        first[0].claim_code,
        first[0].subkeys,
    )
    assert first[2].alias != first[0].alias


async def test_the_same_external_id_is_the_same_person_within_its_tenant(running: Running) -> None:
    one = await running.hand_in("event-1", "event-2", tenant="acme", external_id="E-17")
    later = await running.hand_in("event-3", tenant="acme", external_id="E-17")
    other = await running.hand_in("event-4", tenant="acme", external_id="E-18")
    assert {one[0].alias, one[1].alias, later[0].alias} == {one[0].alias}
    assert other[0].alias != one[0].alias
    assert one[0].claim_code is None


async def test_a_claim_code_adds_to_the_series_of_its_person(running: Running) -> None:
    (first,) = await running.hand_in("event-1")
    code = first.claim_code.lower().replace("-", " ")
    (second,) = await running.hand_in("event-2", claim_code=code)
    assert (second.alias, second.claim_code) == (first.alias, first.claim_code)
    assert await running.stores.keystore.resolve(first.claim_code) == first.alias


async def test_a_repeated_hand_in_is_answered_to_nobody_with_another_claim_code(running: Running) -> None:
    # Given two people
    one, other = await running.hand_in("event-1", "event-2")
    # When the hand-in of the first comes again, under the code of the second, under one that nobody has, and its own
    wrong = [other.claim_code or "", "0000-0000-0000-0000-0000-0000-0000"]
    refused = [(await running.hand_in("event-1", claim_code=code))[0] for code in wrong]
    (again,) = await running.hand_in("event-1", claim_code=one.claim_code or "")
    # Then nobody but the first is told anything
    assert [(key.status, key.reason, key.claim_code, key.subkeys) for key in refused] == [
        ("refused", "another-person", None, {})
    ] * 2
    assert (again.alias, again.claim_code) == (one.alias, one.claim_code)


@pytest.mark.parametrize("code", ["", "nonsense", "0000-0000-0000-0000-0000-0000-0000"])
async def test_an_unknown_or_mistyped_claim_code_is_refused_and_makes_nobody(running: Running, code: str) -> None:
    (created,) = await running.hand_in("event-1", claim_code=code)
    assert (created.status, created.reason) == ("refused", "unknown-claim-code")
    assert await running.stores.keystore.resolve(code) is None


async def test_without_a_record_for_scoring_nothing_is_kept(running: Running) -> None:
    # Given a hand-in that agrees to delivery alone
    records = (RecordDraft("delivery", "consent", "individuals-2", "en"),)
    asked = CreateKeys("individuals", (NewPerson("event-1", records),))
    # When keys are asked for
    (refused,) = (await running.stores.keystore.create(asked)).persons
    # Then it is refused, and the same event may come again with the record
    assert (refused.status, refused.reason) == ("refused", "no-record")
    (created,) = await running.hand_in("event-1")
    assert created.status == "active"


async def test_an_organisation_that_is_not_registered_gets_no_keys(running: Running) -> None:
    with pytest.raises(UnknownTenant):
        await running.hand_in("event-1", tenant="nobody")


async def test_an_alias_that_is_not_known_is_refused(running: Running) -> None:
    key = await released(running, "scoring", "0" * 32)
    assert (key.status, key.reason) == ("refused", "unknown")


async def test_each_release_carries_the_ledger_s_sequence_and_each_change_advances_it(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    before = await running.stores.keystore.release(ReleaseKeys("scoring", (created.alias,)))
    await running.hand_in("event-2")
    after = await running.stores.keystore.release(ReleaseKeys("scoring", (created.alias,)))
    assert before.sequence == created.sequence
    assert after.sequence == before.sequence + 1


async def test_an_organisation_s_new_terms_do_not_touch_what_was_handed_in_under_the_old(running: Running) -> None:
    (old,) = await running.hand_in("event-1", tenant="acme")
    await running.stores.tenants.register(_terms("contract"))
    (new,) = await running.hand_in("event-2", tenant="acme")
    portability = [(await released(running, "portability", one.alias)).status for one in (old, new)]
    assert portability == ["refused", "released"]


def _terms(basis):
    from schemas.keys import RegisterTenant

    return RegisterTenant("acme", "ACME Ltd", basis, "acme-notice/2")


STATISTICS = RecordDraft("statistics", "consent", "employees-2", "en")


async def test_a_key_to_seal_for_statistics_needs_consent_to_them(running: Running) -> None:
    # Given three people of an organisation: one consents to statistics, one takes it back, one was never asked
    async def handed_in(event: str, *records: RecordDraft):
        asked = CreateKeys("acme", (NewPerson(event, records, external_id=event.partition("/")[0]),))
        return (await running.stores.keystore.create(asked)).persons[0]

    given, taken_back, silent = (
        await handed_in("one/1", STATISTICS),
        await handed_in("two/1", STATISTICS),
        await handed_in("three/1"),
    )
    assert [set(one.subkeys) - {"answers", "trail", "reference"} for one in (given, taken_back, silent)] == [
        {"statistics"},
        {"statistics"},
        set(),
    ]
    (record,) = await running.stores.consents.of(taken_back.alias)
    await running.stores.consents.withdraw(taken_back.alias, record.record_id)
    # When all hand in again without a word of statistics, and counting asks for keys
    again = [await handed_in(f"{name}/2") for name in ("one", "two", "three")]
    counting = [(await released(running, "statistics", one.alias)).status for one in again]
    # Then only the first has any
    assert ["statistics" in one.subkeys for one in again] == [True, False, False]
    assert counting == ["released", "refused", "refused"]


async def test_an_organisation_gives_no_other_record_for_its_people(running: Running) -> None:
    research = RecordDraft("research", "consent", "employees-2", "en")
    asked = CreateKeys("acme", (NewPerson("event-1", (research, STATISTICS)),))
    (created,) = (await running.stores.keystore.create(asked)).persons
    assert [one.purpose for one in await running.stores.consents.of(created.alias)] == ["statistics"]


@pytest.mark.parametrize("domain", get_args(TenantDomain))
async def test_a_tenants_key_stays_in_every_epoch_and_is_no_others(running: Running, domain: TenantDomain) -> None:
    before = running.stores.tenants.keys(["acme", "individuals", "nobody"], domain)
    await running.stores.rotation.begin()
    while await running.stores.rotation.advance():
        pass
    await running.stores.tenants.open()
    assert running.stores.tenants.keys(["acme", "individuals"], domain) == before
    assert before["acme"] != before["individuals"]


async def damage(running: Running, alias: str) -> None:
    """As a bad sector or a wrong hand leaves a row."""
    async with running.stores.database.write() as connection:
        await connection.execute(update(persons).where(persons.c.alias == alias).values(wrapped_key=b"\0" * 60))


def unreadable(cause: str) -> float:
    return REGISTRY.get_sample_value("careerpulse_unreadable_keys_total", {"cause": cause}) or 0.0


async def test_a_key_that_does_not_open_is_refused_alone_and_told_to_the_operator(running: Running) -> None:
    # Given two people, and a row that was damaged
    damaged, other = await running.hand_in("event-1", "event-2")
    async with running.stores.database.read() as connection:
        whole = await connection.scalar(select(persons.c.wrapped_key).where(persons.c.alias == damaged.alias))
    await damage(running, damaged.alias)
    counted = unreadable("damaged")
    # When the keys of both are asked for
    asked = ReleaseKeys("scoring", (damaged.alias, other.alias))
    keys = (await running.stores.keystore.release(asked)).keys
    # Then the other's is released, and it is counted
    assert [(key.status, key.reason) for key in keys] == [("refused", "key-unreadable"), ("released", None)]
    assert unreadable("damaged") == counted + 1
    # and the person is not erased: the row restored, the key is what it was
    async with running.stores.database.write() as connection:
        await connection.execute(update(persons).where(persons.c.alias == damaged.alias).values(wrapped_key=whole))
    assert (await released(running, "scoring", damaged.alias)).subkeys["answers"] == damaged.subkeys["answers"]


async def test_a_hand_in_under_a_key_that_does_not_open_is_refused_beside_those_that_are_taken(
    running: Running,
) -> None:
    # Given an employee whose row was damaged
    (damaged,) = await running.hand_in("event-1", tenant="acme", external_id="E-17")
    await damage(running, damaged.alias)
    # When the same event comes again, another one of the same person, and one of somebody new
    people = [NewPerson("event-1", (), "E-17"), NewPerson("event-2", (), "E-17"), NewPerson("event-3", (), "E-18")]
    answers = (await running.stores.keystore.create(CreateKeys("acme", tuple(people)))).persons
    # Then who is new is taken, and what was refused left nothing
    assert [(one.status, one.reason) for one in answers] == [
        ("refused", "key-unreadable"),
        ("refused", "key-unreadable"),
        ("active", None),
    ]
    assert (await running.hand_in("event-2", tenant="acme", external_id="E-19"))[0].status == "active"


async def test_while_the_root_key_cannot_be_read_nobody_is_refused(running: Running, tmp_path: Path) -> None:
    # Given a service that starts while the secret of its epoch is away for a moment
    (created,) = await running.hand_in("event-1")
    away = KeyStore(
        running.stores.database, FileRootKey(tmp_path / "secrets"), running.stores.tenants, running.stores.outboxes
    )
    (tmp_path / "secrets" / "root-key-1").chmod(0o644)
    # Then it is asked again, and the ledger has said no to nobody
    with pytest.raises(RootKeyError, match="chmod 600"):
        await away.release(ReleaseKeys("scoring", (created.alias,)))


async def test_a_key_of_a_destroyed_epoch_is_refused_alone(running: Running) -> None:
    # Given a row that a backup brought back from an epoch that is destroyed by now, and somebody of the current one
    old, other = await running.hand_in("event-1", "event-2")
    root = running.stores.keystore._root
    root.begin_epoch()
    root.set_end(1, now())
    root.destroy(1)
    living = await running.hand_in("event-3")
    counted = unreadable("epoch-destroyed")
    # Then both of the old one are refused, and the other is served
    asked = ReleaseKeys("scoring", (old.alias, living[0].alias, other.alias))
    keys = (await running.stores.keystore.release(asked)).keys
    assert [key.reason for key in keys] == ["key-unreadable", None, "key-unreadable"]
    assert unreadable("epoch-destroyed") == counted + 2
