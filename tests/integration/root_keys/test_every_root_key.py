"""Whatever holds the root key, it keeps the promises of the port."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from infra.clock import now
from infra.crypto.root_key import RootKeyError, unwrap, wrap
from infra.db.engine import Database
from schemas.keys import CreateKeys, NewPerson, ReleaseKeys
from services.consent.stores import open_stores
from services.consent.tables import epochs
from services.consent.worker import Worker
from tests.integration.consent.conftest import NOTICE, Topics
from tests.integration.root_keys.conftest import Holder

END = datetime(2027, 1, 30, 18, tzinfo=UTC)


def test_the_first_start_makes_an_epoch_and_a_restart_finds_it(holder: Holder) -> None:
    first = holder.open()
    again = holder.open()
    assert (first.epoch, again.epoch, again.epochs()) == (1, 1, [1])
    assert first.tenant_key(1, "acme") == again.tenant_key(1, "acme")


def test_epochs_and_tenants_have_keys_of_their_own(holder: Holder) -> None:
    root = holder.open()
    root.begin_epoch()
    keys = {root.tenant_key(epoch, tenant) for epoch in (1, 2) for tenant in ("acme", "individuals")}
    assert (len(keys), {len(key) for key in keys}) == (4, {32})


def test_a_new_epoch_is_current_for_who_starts_later_and_the_old_one_still_opens(holder: Holder) -> None:
    root = holder.open()
    wrapped = wrap(root.tenant_key(1, "acme"), bytes(32), "alias-1")
    assert (root.begin_epoch(), root.epoch) == (2, 2)
    again = holder.open()
    assert (again.epoch, again.epochs()) == (2, [1, 2])
    assert unwrap(again.tenant_key(1, "acme"), wrapped, "alias-1") == bytes(32)


def test_an_end_that_is_set_stays_and_lies_with_the_secret(holder: Holder) -> None:
    root = holder.open()
    root.begin_epoch()
    assert root.end_of(1) is None
    root.set_end(1, END)
    root.set_end(1, END + timedelta(days=1))
    assert (holder.open().end_of(1), holder.open().end_of(2)) == (END, None)


def test_a_destroyed_epoch_opens_nothing_here_or_elsewhere_and_its_number_never_comes_back(holder: Holder) -> None:
    root = holder.open()
    root.tenant_key(1, "acme")
    root.begin_epoch()
    root.set_end(1, END)
    for _ in range(2):
        root.destroy(1)
    for one in (root, holder.open()):
        with pytest.raises(RootKeyError, match=r"epoch 1 is destroyed.*2027-01-30.*restore a backup of epoch 2"):
            one.tenant_key(1, "acme")
        assert (one.epochs(), one.end_of(1)) == ([2], END)
    assert holder.open().begin_epoch() == 3


def test_an_epoch_that_never_was_is_missed(holder: Holder) -> None:
    with pytest.raises(RootKeyError, match=r"root-key-7.* is missing"):
        holder.open().tenant_key(7, "acme")


def test_the_current_epoch_has_no_end_and_is_not_destroyed(holder: Holder) -> None:
    root = holder.open()
    with pytest.raises(ValueError, match="the current one is 1"):
        root.set_end(1, END)
    with pytest.raises(ValueError, match="the current one is 1"):
        root.destroy(1)


async def test_the_key_store_rotates_on_it_and_a_destroyed_epoch_takes_its_backups_along(
    holder: Holder, tmp_path: Path
) -> None:
    async with Database(f"sqlite:///{tmp_path / 'consent.db'}", "consent") as database:
        # Given a person whose key was wrapped in the first epoch
        root = holder.open()
        stores = await open_stores(database, root, Ed25519PrivateKey.generate(), 0)
        hand_in = CreateKeys("individuals", (NewPerson("event-1", NOTICE),))
        (created,) = (await stores.keystore.create(hand_in)).persons
        # When the root key is rotated
        await stores.rotation.begin()
        worker = Worker(stores, Topics())
        await worker.once()
        # Then the end lies the backup window ahead, and as much later as the holder needs to destroy
        (first, _) = (await stores.rotation.status()).epochs
        assert first.ends_at is not None
        promised = datetime.fromisoformat(first.ends_at)
        assert abs(promised - now() - timedelta(days=30) - root.lag) < timedelta(minutes=5)
        # And when it comes near enough, the secret is destroyed and the person opens in the new epoch alone
        async with database.write() as connection:
            near = (now() + root.lag).strftime("%Y-%m-%dT%H:%M:%SZ")
            await connection.execute(update(epochs).where(epochs.c.epoch == 1).values(ends_at=near))
        await worker.once()
        again = await open_stores(database, holder.open(), Ed25519PrivateKey.generate(), 0)
        assert holder.open().epochs() == [2]
        (key,) = (await again.keystore.release(ReleaseKeys("access", (created.alias,)))).keys
        assert key.subkeys["answers"] == created.subkeys["answers"]
        async with database.read() as connection:
            gone = await connection.scalar(select(epochs.c.destroyed_at).where(epochs.c.epoch == 1))
        assert gone is not None
        assert gone >= near
