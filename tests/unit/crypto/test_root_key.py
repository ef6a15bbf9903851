"""The root key lies in files that only their owner reads; tenant keys wrap data keys, each for its owner alone."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.crypto.root_key import NotUnwrapped, RootKeyError, unwrap, wrap, write_secret
from infra.crypto.root_keys.file import FileRootKey

DATA_KEY = bytes(range(32))
END = datetime(2026, 12, 23, 18, tzinfo=UTC)


def test_the_first_start_makes_a_secret_that_only_its_owner_reads(tmp_path: Path) -> None:
    root = FileRootKey(tmp_path / "secrets")
    (file,) = (tmp_path / "secrets").iterdir()
    assert (root.epoch, file.name, stat.S_IMODE(file.stat().st_mode)) == (1, "root-key-1", 0o600)


def test_a_restart_derives_the_same_tenant_keys(tmp_path: Path) -> None:
    assert FileRootKey(tmp_path).tenant_key(1, "acme") == FileRootKey(tmp_path).tenant_key(1, "acme")


def test_tenants_and_epochs_have_keys_of_their_own(tmp_path: Path) -> None:
    FileRootKey(tmp_path)
    write_secret(tmp_path / "root-key-2", b"\x02" * 32)
    root = FileRootKey(tmp_path)
    assert root.epoch == 2
    assert len({root.tenant_key(epoch, tenant) for epoch in (1, 2) for tenant in ("acme", "individuals")}) == 4


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_secret_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    FileRootKey(tmp_path)
    (tmp_path / "root-key-1").chmod(mode)
    with pytest.raises(RootKeyError, match="chmod 600"):
        FileRootKey(tmp_path).tenant_key(1, "acme")


def test_the_secret_of_a_destroyed_epoch_is_missed(tmp_path: Path) -> None:
    with pytest.raises(RootKeyError, match="missing"):
        FileRootKey(tmp_path).tenant_key(7, "acme")


def test_a_secret_of_another_size_is_refused(tmp_path: Path) -> None:
    write_secret(tmp_path / "root-key-1", b"short")
    with pytest.raises(RootKeyError, match="5 bytes"):
        FileRootKey(tmp_path).tenant_key(1, "acme")


def test_a_secret_is_never_overwritten(tmp_path: Path) -> None:
    FileRootKey(tmp_path)
    with pytest.raises(FileExistsError):
        write_secret(tmp_path / "root-key-1", bytes(32))


def test_a_data_key_is_unwrapped_for_its_owner_alone(tmp_path: Path) -> None:
    root = FileRootKey(tmp_path)
    wrapped = wrap(root.tenant_key(1, "acme"), DATA_KEY, "alias-1")
    assert unwrap(root.tenant_key(1, "acme"), wrapped, "alias-1") == DATA_KEY
    for tenant, owner in (("acme", "alias-2"), ("other", "alias-1")):
        with pytest.raises(NotUnwrapped):
            unwrap(root.tenant_key(1, tenant), wrapped, owner)
    with pytest.raises(NotUnwrapped):
        unwrap(root.tenant_key(1, "acme"), wrapped[:10], "alias-1")


def test_a_new_epoch_is_the_current_one_and_the_old_one_still_opens(tmp_path: Path) -> None:
    root = FileRootKey(tmp_path)
    old = root.tenant_key(1, "acme")
    assert (root.begin_epoch(), root.epoch, root.epochs()) == (2, 2, [1, 2])
    assert FileRootKey(tmp_path).epoch == 2
    assert root.tenant_key(1, "acme") == old != root.tenant_key(2, "acme")


def test_an_end_that_is_set_stays(tmp_path: Path) -> None:
    root = FileRootKey(tmp_path)
    root.begin_epoch()
    assert root.end_of(1) is None
    root.set_end(1, END)
    root.set_end(1, END + timedelta(days=1))
    assert FileRootKey(tmp_path).end_of(1) == END


def test_a_destroyed_epoch_opens_nothing_and_says_what_would_be_right(tmp_path: Path) -> None:
    # Given an epoch whose tenant key was in use
    root = FileRootKey(tmp_path)
    root.tenant_key(1, "acme")
    root.begin_epoch()
    root.set_end(1, END)
    # When it is destroyed, twice
    for _ in range(2):
        root.destroy(1)
    # Then neither this process nor another has it
    for one in (root, FileRootKey(tmp_path)):
        with pytest.raises(RootKeyError, match=r"epoch 1 is destroyed \(its end was 2026-12-23\).*backup of epoch 2"):
            one.tenant_key(1, "acme")
    assert not (tmp_path / "root-key-1").exists()


def test_the_current_epoch_has_no_end_and_is_not_destroyed(tmp_path: Path) -> None:
    root = FileRootKey(tmp_path)
    with pytest.raises(ValueError, match="the current one is 1"):
        root.destroy(1)
    with pytest.raises(ValueError, match="the current one is 1"):
        root.set_end(1, END)


def test_a_secret_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_secret(tmp_path / "secret", b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
    with pytest.raises(FileExistsError):
        write_secret(tmp_path / "secret", b"other")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("secret", b"whole")]
