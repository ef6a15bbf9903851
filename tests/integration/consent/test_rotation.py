"""A rotation wraps every living key in a new epoch; with the old one every older backup of a key dies."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import REGISTRY
from sqlalchemy import insert, select, update

from infra.clock import now, written
from infra.crypto.root_key import RootKeyError, RootKeyUnavailable, unwrap
from infra.crypto.root_keys.file import FileRootKey
from infra.db.engine import Database
from infra.kafka.producer import BrokerUnavailable
from schemas.events import StoreReport
from schemas.keys import CreateKeys, NewPerson, ReleaseKeys
from services.consent import admin
from services.consent.controllers.controller import Party
from services.consent.erasure.cases import read_time
from services.consent.erasure.tombstones import destroy
from services.consent.keys.rotation import Rotation
from services.consent.keys.rotation_terms import RotationTerms
from services.consent.paperwork.affected import Exposure
from services.consent.paperwork.state import PrivacyStates
from services.consent.stores import Stores, open_stores
from services.consent.tables import epochs, persons, tenants
from services.consent.worker import Worker
from tests.integration.consent.conftest import NOTICE, RECEIPT_KEY, Running, Topics, entries

TERMS = RotationTerms(timedelta(days=30))


def secrets_of(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "secrets").glob("root-key-*"))


async def answers_of(running: Running, alias: str):
    key = (await running.stores.keystore.release(ReleaseKeys("access", (alias,)))).keys[0]
    return key.subkeys["answers"] if key.status == "released" else key.reason


async def rows(running: Running) -> dict[str, tuple[int | None, bytes | None]]:
    async with running.stores.database.read() as connection:
        found = await connection.execute(select(persons.c.alias, persons.c.epoch, persons.c.wrapped_key))
        return {row.alias: (row.epoch, row.wrapped_key and bytes(row.wrapped_key)) for row in found}


async def let_the_window_pass(running: Running, epoch: int = 1) -> None:
    async with running.stores.database.write() as connection:
        past = update(epochs).where(epochs.c.epoch == epoch).values(ends_at="2000-01-01T00:00:00Z")
        await connection.execute(past)


async def reopened(running: Running, tmp_path: Path) -> Stores:
    """What a process that starts on the same data and secrets has."""
    return await open_stores(
        running.stores.database, FileRootKey(tmp_path / "secrets"), Ed25519PrivateKey.generate(), 0
    )


async def test_every_living_key_is_wrapped_anew_and_stays_the_key_it_is(running: Running) -> None:
    # Given people, of individuals and of an organisation
    people = [*await running.hand_in("event-1", "event-2"), *await running.hand_in("event-3", tenant="acme")]
    before, wrapped = [await answers_of(running, one.alias) for one in people], await rows(running)
    # When the root key is rotated
    await running.stores.rotation.begin()
    await running.worker.once()
    # Then each is wrapped in the new epoch, and what is released is what it was
    after = await rows(running)
    assert {epoch for epoch, _ in after.values()} == {2}
    assert not {key for _, key in wrapped.values()} & {key for _, key in after.values()}
    assert [await answers_of(running, one.alias) for one in people] == before
    # And so are the organisations' own keys: their handles are found again
    async with running.stores.database.read() as connection:
        assert set(await connection.scalars(select(tenants.c.epoch))) == {2}
    assert await running.stores.keystore.resolve(people[0].claim_code) == people[0].alias


async def test_who_comes_after_it_began_is_wrapped_in_the_new_epoch(running: Running) -> None:
    await running.stores.rotation.begin()
    (created,) = await running.hand_in("event-1")
    assert (await rows(running))[created.alias][0] == 2


async def test_it_goes_on_after_a_crash_in_the_middle(running: Running, tmp_path: Path) -> None:
    # Given a rotation that ended after a batch
    people = await running.hand_in(*(f"event-{number}" for number in range(5)))
    before = [await answers_of(running, one.alias) for one in people]
    stores = running.stores
    first = Rotation(stores.database, stores.keystore._root, stores.outboxes, TERMS, batch=2)
    await first.begin()
    await first.advance()
    assert (await first.status()).left == 3
    # When the service starts again
    again = await reopened(running, tmp_path)
    while await again.rotation.advance():
        pass
    # Then nothing is left, nothing is lost, and the rotation is logged once
    status = await again.rotation.status()
    assert (status.current, status.left, status.finished) == (2, 0, True)
    released = await again.keystore.release(ReleaseKeys("access", tuple(one.alias for one in people)))
    assert [key.subkeys["answers"] for key in released.keys] == before
    await running.worker.once()
    assert entries(running).count("epoch-rotated") == 1


async def test_a_crash_after_the_secret_was_written_begins_no_second_epoch(running: Running, tmp_path: Path) -> None:
    # Given a secret of which the database knows nothing
    await running.hand_in("event-1")
    FileRootKey(tmp_path / "secrets").begin_epoch()
    # When the service starts and the operator asks again
    again = await reopened(running, tmp_path)
    status = await again.rotation.begin()
    # Then it is the same epoch that is filled
    assert (status.current, status.left, status.finished) == (2, 1, False)


async def test_while_it_is_unfinished_another_call_goes_on_with_it(running: Running) -> None:
    await running.hand_in("event-1")
    begun = [(await running.stores.rotation.begin()).current for _ in range(2)]
    await running.worker.once()
    assert [*begun, (await running.stores.rotation.begin()).current] == [2, 2, 3]


async def test_the_key_of_the_erased_is_never_wrapped_anew(running: Running) -> None:
    # Given a person who is erased after a batch was read and before it is written
    one, other = await running.hand_in("event-1", "event-2")
    stores = running.stores

    class Overtaken(Rotation):
        async def _outdated(self, current):
            read = await super()._outdated(current)
            async with stores.database.write() as connection:
                await destroy(connection, one.alias)
            return read

    rotation = Overtaken(stores.database, stores.keystore._root, stores.outboxes, TERMS)
    await rotation.begin()
    # When the batch is written
    assert await rotation.advance()
    # Then only the living one has a key
    found = await rows(running)
    assert found[one.alias] == (None, None)
    assert found[other.alias][0] == 2


async def test_the_old_secret_goes_when_the_backup_window_has_passed_and_not_before(
    running: Running, tmp_path: Path
) -> None:
    await running.hand_in("event-1")
    await running.stores.rotation.begin()
    await running.worker.once()
    # Within the window the secret stays, and the date is known to the secrets too
    assert secrets_of(tmp_path) == ["root-key-1", "root-key-1.end", "root-key-2"]
    await let_the_window_pass(running)
    await running.worker.once()
    await running.worker.once()
    assert secrets_of(tmp_path) == ["root-key-1.end", "root-key-2"]
    assert entries(running)[-2:] == ["epoch-rotated", "epoch-destroyed"]
    with pytest.raises(RootKeyError, match="epoch 1 is destroyed"):
        FileRootKey(tmp_path / "secrets").tenant_key(1, "individuals")


@pytest.mark.parametrize(
    "refusal", [RootKeyError("AWS KMS answers AccessDeniedException"), RootKeyUnavailable("Vault is sealed")]
)
async def test_where_the_secret_cannot_be_destroyed_an_alarm_stands_and_everybody_is_served(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: RootKeyError
) -> None:
    # Given an epoch whose end has come, and whatever holds it refuses
    (one, other) = await running.hand_in("event-1", "event-2")
    await running.stores.rotation.begin()
    await running.worker.once()
    await let_the_window_pass(running)

    def refuse(*_: object) -> None:
        raise refusal

    with monkeypatch.context() as refused:
        refused.setattr(FileRootKey, "_destroy", refuse)
        await running.worker.once()
        # Then it waits, says so, and keys and erasures go on
        assert waiting("rotation") == 1
        assert await answers_of(running, other.alias) != "erased"
        await running.erase(one.alias)
        assert await answers_of(running, one.alias) == "erased"
    # And is done as soon as it can be, tried ever less often
    worker = Worker(running.stores, running.topics)
    await worker.once()
    assert waiting("rotation") == 0
    assert "root-key-1" not in secrets_of(tmp_path)


async def test_an_end_of_an_epoch_waits_for_no_broker(running: Running, tmp_path: Path) -> None:
    async def away(*_: object) -> list[int]:
        raise BrokerUnavailable("away")

    await running.hand_in("event-1")
    worker = Worker(running.stores, away)
    await running.stores.rotation.begin()
    await worker.once()
    await let_the_window_pass(running)
    await worker.once()
    assert secrets_of(tmp_path) == ["root-key-1.end", "root-key-2"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_journal_that_cannot_be_written_makes_erasures_wait_and_ends_nothing(
    database_url: str, tmp_path: Path
) -> None:
    async with Database(database_url, "consent") as database:
        root = FileRootKey(tmp_path / "secrets")
        journal = tmp_path / "no-directory" / "erased"
        stores = await open_stores(database, root, Ed25519PrivateKey.generate(), 0, journal=journal)
        running = Running(stores, Worker(stores, Topics()), Topics())
        (created,) = await running.hand_in("event-1")
        (tmp_path / "no-directory").write_text("a file")
        request = await running.erase(created.alias)
        assert (waiting("erasures"), (await stores.requests.find(request)).state) == (1, "pending")
        (tmp_path / "no-directory").unlink()
        await Worker(stores, running.topics).once()
        assert (waiting("erasures"), (await stores.requests.find(request)).state) == (0, "ordered")


def waiting(part: str) -> float | None:
    return REGISTRY.get_sample_value("careerpulse_consent_waiting", {"part": part})


async def test_a_restored_database_does_not_put_off_the_end(running: Running, tmp_path: Path) -> None:
    # Given an end that was set, and a database from before it
    await running.hand_in("event-1")
    await running.stores.rotation.begin()
    await running.worker.once()
    promised = (await running.stores.rotation.status()).epochs[0].ends_at
    async with running.stores.database.write() as connection:
        await connection.execute(update(epochs).values(ends_at=None))
    # When the service starts on it a day later
    again = await reopened(running, tmp_path)
    later = Rotation(again.database, again.keystore._root, again.outboxes, RotationTerms(TERMS.window * 2))
    while await later.advance():
        pass
    # Then the end is the one that was promised
    assert (await later.status()).epochs[0].ends_at == promised


async def test_a_secret_that_comes_back_after_its_end_is_destroyed_at_the_start(
    running: Running, tmp_path: Path
) -> None:
    secret = tmp_path / "secrets" / "root-key-1"
    copy = secret.read_bytes()
    await running.stores.rotation.begin()
    await running.worker.once()
    await let_the_window_pass(running)
    await running.worker.once()
    secret.write_bytes(copy)
    secret.chmod(0o600)
    await reopened(running, tmp_path)
    assert not secret.exists()


async def test_a_backup_of_the_old_epoch_opens_nothing_of_the_erased_and_one_of_the_new_all_others(
    running: Running, database_url: str, tmp_path: Path
) -> None:
    # Given a backup, an erasure after it, a rotation, and a backup of the new epoch
    erased, living = await running.hand_in("event-1", "event-2")
    before = await answers_of(running, living.alias)
    old = await backup(running.stores.database)
    await running.erase(erased.alias)
    await running.stores.rotation.begin()
    await running.worker.once()
    new = await backup(running.stores.database)
    # When the window has ended
    await let_the_window_pass(running)
    await running.worker.once()
    root = FileRootKey(tmp_path / "secrets")
    # Then nothing in the old backup opens, under no secret that is left
    (stolen,) = [row for row in old["persons"] if row["alias"] == erased.alias]
    with pytest.raises(RootKeyError, match="restore a backup of epoch 2"):
        unwrap(root.tenant_key(stolen["epoch"], "individuals"), bytes(stolen["wrapped_key"]), erased.alias)
    await restore(running.stores.database, old)
    with pytest.raises(RootKeyError, match="restore a backup of epoch 2"):
        await reopened(running, tmp_path)
    # And from the new backup all others are back, and the erased are erased
    await restore(running.stores.database, new)
    again = await reopened(running, tmp_path)
    released = await again.keystore.release(ReleaseKeys("access", (erased.alias, living.alias)))
    assert [key.reason for key in released.keys] == ["erased", None]
    assert released.keys[1].subkeys["answers"] == before
    retried = CreateKeys("individuals", (NewPerson("event-1", NOTICE),))
    assert (await again.keystore.create(retried)).persons[0].status == "gone"


async def backup(database: Database) -> dict[str, list[dict[str, object]]]:
    from services.consent.tables import metadata

    async with database.read() as connection:
        return {
            table.name: [dict(row._mapping) for row in await connection.execute(select(table))]
            for table in metadata.sorted_tables
        }


async def restore(database: Database, saved: dict[str, list[dict[str, object]]]) -> None:
    from services.consent.tables import metadata

    async with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(table.delete())
        for table in metadata.sorted_tables:
            if saved[table.name]:
                await connection.execute(insert(table), saved[table.name])


async def test_a_receipt_names_the_epoch_and_once_it_is_set_the_date_of_its_end(running: Running) -> None:
    # Given an erasure in the first epoch, before a rotation
    (created,) = await running.hand_in("event-1")
    request = await running.erase(created.alias)
    assert await key_epoch(running, request) == {"number": 1, "destroyed_by": None}
    # When the root key is rotated before the request is complete
    await running.stores.rotation.begin()
    await running.worker.once()
    for service in ("intake", "audit"):
        await running.stores.requests.take_report(StoreReport(service, request, {}))
    await running.worker.once()
    # Then the complete receipt says when every older copy of the key is unreadable
    ends = (await running.stores.rotation.status()).epochs[0].ends_at
    assert ends is not None
    assert await key_epoch(running, request) == {"number": 1, "destroyed_by": ends}


async def test_the_root_key_is_rotated_by_itself_so_that_every_erasure_has_a_date_by_which_its_secret_is_gone(
    database_url: str, tmp_path: Path, moved_clock: Callable[[timedelta], None]
) -> None:
    async with Database(database_url, "consent") as database:
        # Given a rotation every 30 days, and an erasure on the first of them
        stores = await open_stores(database, FileRootKey(tmp_path / "secrets"), RECEIPT_KEY, 0, 30, rotation_days=30)
        running = Running(stores, Worker(stores, Topics()), Topics())
        (created, _) = await running.hand_in("event-1", "event-2")
        request = await running.erase(created.alias)
        # Then the receipt says by when no backup opens its key: 30 days to the rotation, 30 of backups, one of slack
        receipt = orjson.loads(await stores.requests.receipt(request))["receipt"]
        promised = receipt["key_epoch"]["destroyed_by"]
        assert receipt["unreadable_copies_gone_by"]["backups"] == promised
        assert read_time(promised) - read_time(receipt["erased_at"]) <= timedelta(days=61)
        # When the days pass
        moved_clock(timedelta(days=29))
        await Worker(stores, Topics()).once()
        assert (await stores.rotation.status()).current == 1
        moved_clock(timedelta(days=30, hours=12))
        await Worker(stores, Topics()).once()
        status = await stores.rotation.status()
        assert (status.current, status.left, status.epochs[0].ends_at is not None) == (2, 0, True)
        moved_clock(timedelta(days=61, minutes=-1))
        await Worker(stores, Topics()).once()
        # Then it is kept, without anybody's command
        (first, _, *_) = (await stores.rotation.status()).epochs
        assert first.destroyed_at is not None
        assert first.destroyed_at <= promised
        assert "root-key-1" not in secrets_of(tmp_path)


async def test_whom_a_breach_of_an_epoch_concerns_is_known_after_a_rotation(
    running: Running, moved_clock: Callable[[timedelta], None]
) -> None:
    # Given people of the first epoch, one of whom is erased, a rotation, and one who came after it
    (employee,) = await running.hand_in("event-1", tenant="acme", external_id="E-17")
    await running.hand_in("event-2", tenant="acme", external_id="E-17")
    erased, individual = await running.hand_in("event-3", "event-4")
    await running.erase(erased.alias)
    await running.stores.rotation.begin()
    await running.worker.once()
    moved_clock(timedelta(hours=1))
    (late,) = await running.hand_in("event-5")
    states = PrivacyStates(running.stores, Party("Operator Ltd"), 0)

    async def concerned(**exposed: Any) -> dict[str, tuple[int, int, tuple[str, ...]]]:
        found = await states.affected(Exposure(**exposed))
        return {one.key_id: (one.first_epoch, one.last_epoch, one.assessments) for one in found.people}

    # Then each epoch has those who were ever wrapped in it, by the ids that their controllers know
    mine, theirs = (1, 2, ("event-1", "event-2")), (1, 2, ("event-4",))
    assert await concerned(epochs=(1,)) == {employee.key_id: mine, individual.key_id: theirs}
    everybody = {employee.key_id: mine, individual.key_id: theirs, late.key_id: (2, 2, ("event-5",))}
    assert await concerned(epochs=(2,)) == await concerned() == everybody
    # and is narrowed by organisation and by time
    assert await concerned(tenants=("acme",)) == {employee.key_id: mine}
    assert late.key_id not in await concerned(until=written(now() - timedelta(minutes=30)))


async def key_epoch(running: Running, request: str) -> dict[str, object]:
    return orjson.loads(await running.stores.requests.receipt(request))["receipt"]["key_epoch"]


@pytest.fixture
async def operator(running: Running) -> AsyncIterator[TestClient]:
    application = admin.application(running.stores.rotation, running.stores.register, running.worker.wake)
    async with TestClient(TestServer(application)) as client:
        yield client


async def test_the_operator_begins_it_and_sees_how_far_it_is(running: Running, operator: TestClient) -> None:
    await running.hand_in("event-1", "event-2")
    begun = await operator.post("/keys/rotation")
    status = await begun.json()
    assert (begun.status, status["current"], status["left"], status["finished"]) == (202, 2, 2, False)
    await running.worker.once()
    status = await (await operator.get("/keys/epochs")).json()
    assert (status["left"], status["finished"], status["backup_window_days"]) == (0, True, 30)
    assert [(one["epoch"], one["keys"], one["ends_at"] is None) for one in status["epochs"]] == [
        (1, 0, False),
        (2, 2, True),
    ]


async def test_a_secret_that_cannot_be_stored_is_answered_and_changes_nothing(
    running: Running, operator: TestClient, tmp_path: Path
) -> None:
    (tmp_path / "secrets" / "root-key-2").mkdir()
    answer = await operator.post("/keys/rotation")
    assert (answer.status, (await answer.json())["type"]) == (500, "urn:careerpulse:problem:no-new-secret")
    assert (await running.stores.rotation.status()).current == 1
