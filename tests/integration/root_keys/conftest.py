"""Each holder of a root key as its setting names it: files, SoftHSM's token, moto's AWS, a twin of Vault's KV engine.

What is not installed is skipped by name and reason. VAULT_ROOT_KEY with a token in VAULT_TOKEN holds a real Vault or
OpenBao (an empty path of it) to the same tests.
"""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.crypto.root_key import RootKey, write_secret
from infra.crypto.root_keys.chosen import open_root_key
from tests.twins import vault

PIN = "5678"
SOFTHSM = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so")


@dataclass(frozen=True, slots=True)
class Holder:
    """What a deployment is told."""

    chosen: str
    secrets_dir: Path

    def open(self) -> RootKey:
        """What a process that starts has."""
        return open_root_key(self.chosen, self.secrets_dir)


@contextmanager
def file(directory: Path) -> Iterator[str]:
    yield "file:"


@contextmanager
def a_vault(directory: Path) -> Iterator[str]:
    if chosen := os.environ.get("VAULT_ROOT_KEY"):
        write_secret(directory / "vault-token", os.environ["VAULT_TOKEN"].encode())
        yield f"{chosen}/{secrets.token_hex(8)}"
        return
    pytest.importorskip("hvac", reason="vault: the extra vault is not installed")
    write_secret(directory / "vault-token", vault.TOKEN.encode())
    with vault.running() as running:
        yield f"vault:{running.url}/secret/careerpulse"


@contextmanager
def aws_kms(directory: Path) -> Iterator[str]:
    moto = pytest.importorskip("moto", reason="aws-kms: moto is not installed")
    with moto.mock_aws(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield "aws-kms:eu-central-1/careerpulse"


@contextmanager
def pkcs11(directory: Path) -> Iterator[str]:
    library = pytest.importorskip("pkcs11", reason="pkcs11: the extra pkcs11 is not installed")
    module = next((path for path in SOFTHSM if Path(path).exists()), None)
    if module is None or not shutil.which("softhsm2-util"):
        pytest.skip("pkcs11: SoftHSM is not installed (Debian: softhsm2)")
    tokens = directory / "tokens"
    tokens.mkdir(parents=True)
    (directory / "softhsm.conf").write_text(f"directories.tokendir = {tokens}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(directory / "softhsm.conf"))
        command = ["softhsm2-util", "--init-token", "--free", "--label", "careerpulse", "--so-pin", "1234", "--pin"]
        subprocess.run([*command, PIN], check=True, capture_output=True)
        library.lib(module).reinitialize()
        write_secret(directory / "pkcs11-pin", PIN.encode())
        yield f"pkcs11:token=careerpulse?module-path={module}"


@pytest.fixture(
    params=[file, a_vault, aws_kms, pytest.param(pkcs11, marks=pytest.mark.pkcs11)],
    ids=["file", "vault", "aws-kms", "pkcs11"],
)
def holder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Holder]:
    with request.param(tmp_path) as chosen:
        yield Holder(chosen, tmp_path)
