"""What holds the root key may be sealed, locked, away or changed: the error says which, where, and what to do."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.crypto import root_keys
from infra.crypto.root_key import RootKeyError, RootKeyUnavailable, write_secret
from infra.crypto.root_keys.chosen import open_root_key
from infra.local.ports import free_port
from tests.integration.root_keys.conftest import Holder, aws_kms, pkcs11
from tests.twins import vault


@pytest.fixture
def a_vault(tmp_path: Path) -> Iterator[tuple[vault.Vault, Holder]]:
    pytest.importorskip("hvac", reason="vault: the extra vault is not installed")
    write_secret(tmp_path / "vault-token", vault.TOKEN.encode())
    with vault.running() as running:
        yield running, Holder(f"vault:{running.url}/secret/careerpulse", tmp_path)


@pytest.fixture
def token(tmp_path: Path) -> Iterator[Holder]:
    with pkcs11(tmp_path) as chosen:
        yield Holder(chosen, tmp_path)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Holder]:
    with aws_kms(tmp_path) as chosen:
        yield Holder(chosen, tmp_path)


def test_a_sealed_vault_is_waited_for(a_vault: tuple[vault.Vault, Holder]) -> None:
    running, holder = a_vault
    root = holder.open()
    running.sealed = True
    with pytest.raises(RootKeyUnavailable, match="sealed; unseal it"):
        root.tenant_key(1, "acme")
    running.sealed = False
    assert len(root.tenant_key(1, "acme")) == 32


def test_a_wrong_token_is_refused_and_a_renewed_one_taken_without_a_restart(
    a_vault: tuple[vault.Vault, Holder],
) -> None:
    _, holder = a_vault
    root = holder.open()
    file = holder.secrets_dir / "vault-token"
    file.write_text("expired")
    with pytest.raises(RootKeyError, match=r"refuses the token in .*vault-token") as refused:
        root.tenant_key(1, "acme")
    assert not isinstance(refused.value, RootKeyUnavailable)
    file.write_text(f"{vault.TOKEN}\n")
    assert len(root.tenant_key(1, "acme")) == 32


def test_a_vault_that_is_away_is_waited_for(tmp_path: Path) -> None:
    pytest.importorskip("hvac", reason="vault: the extra vault is not installed")
    write_secret(tmp_path / "vault-token", b"any")
    with pytest.raises(RootKeyUnavailable, match="does not answer"):
        open_root_key(f"vault:http://127.0.0.1:{free_port()}/secret/careerpulse", tmp_path)


def test_a_deleted_secret_in_vault_can_be_undeleted_and_says_so(a_vault: tuple[vault.Vault, Holder]) -> None:
    running, holder = a_vault
    holder.open()
    running.data["careerpulse/root-key-1"][0]["deletion_time"] = "2026-11-23T18:00:00Z"
    with pytest.raises(RootKeyError, match="undelete it"):
        holder.open().tenant_key(1, "acme")


def test_a_destroyed_secret_is_no_longer_in_vaults_store(a_vault: tuple[vault.Vault, Holder]) -> None:
    running, holder = a_vault
    root = holder.open()
    root.begin_epoch()
    root.destroy(1)
    assert running.data["careerpulse/root-key-1"][0]["data"] is None


def test_a_secret_that_another_made_first_is_never_overwritten(a_vault: tuple[vault.Vault, Holder]) -> None:
    _, holder = a_vault
    late = holder.open()
    current = holder.open()
    current.begin_epoch()
    key = current.tenant_key(2, "acme")
    with pytest.raises(RootKeyError, match="check-and-set"):
        late.begin_epoch()
    assert holder.open().tenant_key(2, "acme") == key


def test_a_wrong_pin_is_named(token: Holder) -> None:
    (token.secrets_dir / "pkcs11-pin").write_text("0000")
    with pytest.raises(RootKeyError, match=r"PIN in .*pkcs11-pin is wrong"):
        token.open()


def test_a_token_that_is_not_there_is_waited_for(token: Holder) -> None:
    with pytest.raises(RootKeyUnavailable, match=r"the token other .* is not there"):
        open_root_key(token.chosen.replace("careerpulse", "other"), token.secrets_dir)


def test_a_key_in_the_token_cannot_be_read_out(token: Holder) -> None:
    import pkcs11 as library

    token.open()
    module = token.chosen.partition("module-path=")[2]
    with library.lib(module).get_token(token_label="careerpulse").open(user_pin="5678") as session:
        key = session.get_key(label="root-key-1")
        with pytest.raises(library.exceptions.AttributeSensitive):
            key[library.Attribute.VALUE]


def test_without_credentials_the_cloud_is_not_asked(cloud: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(RootKeyError, match="no credentials"):
        cloud.open()


def test_a_disabled_key_in_the_cloud_is_named_with_its_state(cloud: Holder) -> None:
    import boto3

    root = cloud.open()
    boto3.client("kms", region_name="eu-central-1").disable_key(KeyId=_id_of("alias/careerpulse-root-key-1"))
    with pytest.raises(RootKeyError, match="is Disabled; enable it"):
        root.tenant_key(1, "acme")


def _id_of(alias: str) -> str:
    import boto3

    return boto3.client("kms", region_name="eu-central-1").describe_key(KeyId=alias)["KeyMetadata"]["KeyId"]


@pytest.mark.parametrize(
    "chosen", ["", "files:", "vault:vault.example/secret", "aws-kms:eu-central-1", "pkcs11:token=careerpulse"]
)
def test_a_setting_that_names_no_root_key_says_what_would_be_right(chosen: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ROOT_KEY="):
        open_root_key(chosen, tmp_path)


def test_a_missing_extra_is_named_with_the_way_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hvac", None)
    monkeypatch.delitem(sys.modules, "infra.crypto.root_keys.vault", raising=False)
    monkeypatch.delattr(root_keys, "vault", raising=False)
    with pytest.raises(RootKeyError, match=r"pip install 'careerpulse\[vault\]'"):
        open_root_key("vault:https://vault.example/secret/careerpulse", tmp_path)
