"""The root key in HashiCorp Vault or OpenBao: one secret an epoch in a KV engine, version 2. Needs the extra `vault`.

    MOUNT/PATH/root-key-<epoch>   {"secret": base64 of 32 bytes}; its end as custom metadata

KV and not transit: a secret of its own can be made only if there is none (check-and-set 0), destroyed for good
(`destroy` overwrites what Vault stores; `delete` could be undone), and keeps its metadata after that, so that the end
stays known. Vault's own snapshots are backups too: keep them no longer than the backup window.
"""

import base64
import binascii
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import hvac
import requests
from hvac.exceptions import Forbidden, InvalidPath, Unauthorized, VaultDown, VaultError

from infra.crypto.root_key import SECRET_BYTES, RootKeyError, RootKeyUnavailable, read_secret
from infra.crypto.root_keys.epochs import EpochRootKey, as_text, derived, epoch_in, from_text, name_of

TOKEN = "vault-token"  # noqa: S105 - the file's name
_TIMEOUT_SECONDS = 10
_FIRST = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which Vault: `https://vault.example:8200`, the mount of the engine, and the path below it."""

    address: str
    mount: str
    path: str

    def __str__(self) -> str:
        return f"{self.mount}/{self.path} at {self.address}"


class VaultRootKey(EpochRootKey):
    """Reads its token anew for each call, so that an agent may renew it in the file."""

    def __init__(self, place: Place, token_file: Path) -> None:
        self._place = place
        self._token_file = token_file
        self._client = hvac.Client(url=place.address, timeout=_TIMEOUT_SECONDS)
        super().__init__()

    def epochs(self) -> list[int]:
        """See RootKey."""
        with self._asked() as kv:
            try:
                names = kv.list_secrets(self._place.path, mount_point=self._place.mount)["data"]["keys"]
            except InvalidPath:
                return []
            found = sorted(epoch for name in names if (epoch := epoch_in(name)) is not None)
            return [epoch for epoch in found if not self._metadata(kv, epoch)["versions"][str(_FIRST)]["destroyed"]]

    def end_of(self, epoch: int) -> datetime | None:
        """See RootKey."""
        with self._asked() as kv:
            try:
                kept = (self._metadata(kv, epoch)["custom_metadata"] or {}).get("end")
            except InvalidPath:
                return None
        return None if kept is None else from_text(kept)

    def _make(self, epoch: int) -> None:
        secret = base64.b64encode(os.urandom(SECRET_BYTES)).decode()
        with self._asked() as kv:
            kv.create_or_update_secret(
                self._name(epoch), secret={"secret": secret}, cas=0, mount_point=self._place.mount
            )

    def _derive(self, epoch: int, info: bytes) -> bytes:
        where = f"{name_of(epoch)} in {self._place}"
        with self._asked() as kv:
            try:
                answer = kv.read_secret_version(
                    self._name(epoch), version=_FIRST, mount_point=self._place.mount, raise_on_deleted_version=True
                )
                secret = base64.b64decode(answer["data"]["data"]["secret"], validate=True)
            except InvalidPath as error:
                raise RootKeyError(
                    f"{where} is missing or deleted; undelete it or restore Vault's storage"
                ) from error
            except (KeyError, binascii.Error) as error:
                raise RootKeyError(f"{where} is no root secret: base64 of 32 bytes in 'secret' is right") from error
        return derived(secret, info, where)

    def _keep_end(self, epoch: int, end: datetime) -> None:
        with self._asked() as kv:
            kv.update_metadata(
                self._name(epoch), custom_metadata={"end": as_text(end)}, mount_point=self._place.mount
            )

    def _destroy(self, epoch: int) -> None:
        with self._asked() as kv:
            kv.destroy_secret_versions(self._name(epoch), versions=[_FIRST], mount_point=self._place.mount)

    def _metadata(self, kv: Any, epoch: int) -> dict[str, Any]:
        answer = kv.read_secret_metadata(self._name(epoch), mount_point=self._place.mount)
        found: dict[str, Any] = answer["data"]
        return found

    def _name(self, epoch: int) -> str:
        return f"{self._place.path}/{name_of(epoch)}"

    @contextmanager
    def _asked(self) -> Iterator[Any]:
        """The KV engine, and Vault's errors as ours."""
        self._client.token = read_secret(self._token_file).decode().strip()
        try:
            yield self._client.secrets.kv.v2
        except VaultDown as error:
            raise RootKeyUnavailable(f"Vault at {self._place.address} is sealed; unseal it") from error
        except (Forbidden, Unauthorized) as error:
            raise RootKeyError(
                f"Vault refuses the token in {self._token_file} for {self._place}; put a valid one there, whose "
                "policy allows create, read, update and list on its data, metadata and destroy"
            ) from error
        except VaultError as error:
            raise RootKeyError(f"Vault, {self._place}: {type(error).__name__}: {error}") from error
        except requests.RequestException as error:
            raise RootKeyUnavailable(
                f"Vault at {self._place.address} does not answer: {type(error).__name__}"
            ) from error
