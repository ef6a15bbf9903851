"""The root of all keys: one random secret for each epoch, held behind a port and never in a database.

Tenant key = HKDF-SHA256(epoch secret, tenant) (RFC 5869). It wraps the persons' data keys with AES-256-GCM, each
bound to its owner as associated data, so that a wrapped key moved to another row does not open.
"""

import os
import secrets
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32
_NONCE = 12
_FILE = "root-key-{epoch}"
_END = "root-key-{epoch}.end"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class RootKeyError(Exception):
    """The root key cannot be used: absent, readable by others, of a wrong size. Says which, where and what to do."""


class NotUnwrapped(Exception):
    """A wrapped key does not open under this tenant key and for this owner."""


class RootKey(Protocol):
    """The port: a file here, a token or a cloud's key service elsewhere.

    An epoch's end is kept beside its secret, as cloud services keep a scheduled deletion: a restored database cannot
    put it off.
    """

    @property
    def epoch(self) -> int:
        """The current epoch; new keys are wrapped in it."""

    def tenant_key(self, epoch: int, tenant: str) -> bytes:
        """The 32-byte wrapping key of `tenant` in `epoch`. Raises RootKeyError where the epoch is destroyed."""

    def epochs(self) -> list[int]:
        """Every epoch whose secret is there, oldest first."""

    def begin_epoch(self) -> int:
        """Make a new secret; its epoch is the current one from now on."""

    def end_of(self, epoch: int) -> datetime | None:
        """When the epoch's secret is to be destroyed, or was; None as long as no end is set."""

    def set_end(self, epoch: int, end: datetime) -> None:
        """Set the end of an epoch that is not the current one. An end that is set stays."""

    def destroy(self, epoch: int) -> None:
        """Destroy the secret of an epoch that is not the current one. Repeating it changes nothing."""


class FileRootKey:
    """Secrets as files `root-key-<epoch>` of 32 random bytes, mode 0600, in one directory; ends in `….end`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._tenant_keys: dict[tuple[int, str], bytes] = {}
        self._epoch = max(self.epochs(), default=0)
        if self._epoch == 0:
            self.begin_epoch()

    @property
    def epoch(self) -> int:
        """The newest epoch that has a file."""
        return self._epoch

    def tenant_key(self, epoch: int, tenant: str) -> bytes:
        """See RootKey."""
        place = (epoch, tenant)
        if place not in self._tenant_keys:
            secret = self._secret(epoch)
            if len(secret) != SECRET_BYTES:
                raise RootKeyError(f"{self._path(epoch)} holds {len(secret)} bytes; a root secret has {SECRET_BYTES}")
            info = b"careerpulse/tenant-key/v1/" + tenant.encode()
            self._tenant_keys[place] = HKDF(SHA256(), SECRET_BYTES, salt=None, info=info).derive(secret)
        return self._tenant_keys[place]

    def epochs(self) -> list[int]:
        """See RootKey."""
        names = [path.name.rpartition("-")[2] for path in self._directory.glob(_FILE.format(epoch="*"))]
        return sorted(int(name) for name in names if name.isdecimal())

    def begin_epoch(self) -> int:
        """See RootKey."""
        write_secret(self._path(self._epoch + 1), os.urandom(SECRET_BYTES))
        self._epoch += 1
        return self._epoch

    def end_of(self, epoch: int) -> datetime | None:
        """See RootKey."""
        try:
            return datetime.strptime(self._end(epoch).read_text(), _TIME).replace(tzinfo=UTC)
        except FileNotFoundError:
            return None

    def set_end(self, epoch: int, end: datetime) -> None:
        """See RootKey."""
        self._demand_past(epoch)
        if self.end_of(epoch) is None:
            write_secret(self._end(epoch), end.astimezone(UTC).strftime(_TIME).encode())

    def destroy(self, epoch: int) -> None:
        """See RootKey. The file is overwritten first; what a copying file system or a disk keeps is beyond it."""
        self._demand_past(epoch)
        for place in [place for place in self._tenant_keys if place[0] == epoch]:
            del self._tenant_keys[place]
        path = self._path(epoch)
        if not path.exists():
            return
        with path.open("r+b") as file:
            file.write(os.urandom(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        _sync(self._directory)

    def _secret(self, epoch: int) -> bytes:
        end = self.end_of(epoch)
        if end is not None and not self._path(epoch).exists():
            raise RootKeyError(
                f"epoch {epoch} is destroyed (its end was {end:%Y-%m-%d}), and with it every key and backup of it; "
                f"restore a backup of epoch {self._epoch}"
            )
        return read_secret(self._path(epoch))

    def _demand_past(self, epoch: int) -> None:
        if epoch >= self._epoch:
            raise ValueError(f"epoch {epoch} is not past; the current one is {self._epoch}")

    def _path(self, epoch: int) -> Path:
        return self._directory / _FILE.format(epoch=epoch)

    def _end(self, epoch: int) -> Path:
        return self._directory / _END.format(epoch=epoch)


def wrap(tenant_key: bytes, data_key: bytes, owner: str) -> bytes:
    """nonce (12 bytes) | ciphertext | tag (16): `data_key` wrapped for `owner`, for example an alias."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(tenant_key).encrypt(nonce, data_key, owner.encode())


def unwrap(tenant_key: bytes, wrapped: bytes, owner: str) -> bytes:
    """The data key, or NotUnwrapped."""
    try:
        return AESGCM(tenant_key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], owner.encode())
    except (InvalidTag, ValueError) as error:
        raise NotUnwrapped("a wrapped key was changed, or belongs to another epoch, tenant or owner") from error


def read_secret(path: Path) -> bytes:
    """The bytes of a secret file. Raises RootKeyError where it is absent or others may read it."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError as error:
        raise RootKeyError(f"{path} is missing; restore it from where secrets are kept") from error
    if mode & 0o077:
        raise RootKeyError(f"{path} has mode {mode:04o} and is open to others; run: chmod 600 {path}")
    return path.read_bytes()


def write_secret(path: Path, secret: bytes) -> None:
    """Create a secret file that only its owner can read, synced to disk. An existing one is never overwritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secret)
        os.fsync(descriptor)
        os.link(whole, path)  # fails where the name is taken, and never shows half a secret
    finally:
        os.close(descriptor)
        whole.unlink()
    _sync(path.parent)


def secret_made_once(path: Path, fresh: bytes) -> bytes:
    """The secret in the file, which is created with `fresh` where there is none yet."""
    try:
        write_secret(path, fresh)
    except FileExistsError:
        return read_secret(path)
    return fresh


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
