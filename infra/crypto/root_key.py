"""The root of all keys: one random secret for each epoch, held behind a port and never in a database.

Tenant key = HKDF-SHA256(epoch secret, tenant) (RFC 5869). It wraps the persons' data keys with AES-256-GCM, each
bound to its owner as associated data, so that a wrapped key moved to another row does not open.
"""

import os
import stat
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32
_NONCE = 12
_FILE = "root-key-{epoch}"


class RootKeyError(Exception):
    """The root key cannot be used: absent, readable by others, of a wrong size. Says which, where and what to do."""


class NotUnwrapped(Exception):
    """A wrapped key does not open under this tenant key and for this owner."""


class RootKey(Protocol):
    """The port: a file here, a token or a cloud's key service elsewhere."""

    @property
    def epoch(self) -> int:
        """The current epoch; new keys are wrapped in it."""

    def tenant_key(self, epoch: int, tenant: str) -> bytes:
        """The 32-byte wrapping key of `tenant` in `epoch`. Raises RootKeyError where the epoch is destroyed."""


class FileRootKey:
    """Secrets as files `root-key-<epoch>` of 32 random bytes, mode 0600, in one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._tenant_keys: dict[tuple[int, str], bytes] = {}
        self._epoch = max(self._epochs(), default=0)
        if self._epoch == 0:
            self._epoch = 1
            write_secret(self._path(1), os.urandom(SECRET_BYTES))

    @property
    def epoch(self) -> int:
        """The newest epoch that has a file."""
        return self._epoch

    def tenant_key(self, epoch: int, tenant: str) -> bytes:
        """See RootKey."""
        place = (epoch, tenant)
        if place not in self._tenant_keys:
            secret = read_secret(self._path(epoch))
            if len(secret) != SECRET_BYTES:
                raise RootKeyError(f"{self._path(epoch)} holds {len(secret)} bytes; a root secret has {SECRET_BYTES}")
            info = b"careerpulse/tenant-key/v1/" + tenant.encode()
            self._tenant_keys[place] = HKDF(SHA256(), SECRET_BYTES, salt=None, info=info).derive(secret)
        return self._tenant_keys[place]

    def _path(self, epoch: int) -> Path:
        return self._directory / _FILE.format(epoch=epoch)

    def _epochs(self) -> list[int]:
        names = [path.name.rpartition("-")[2] for path in self._directory.glob(_FILE.format(epoch="*"))]
        return [int(name) for name in names if name.isdecimal()]


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
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secret)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def secret_made_once(path: Path, fresh: bytes) -> bytes:
    """The secret in the file, which is created with `fresh` where there is none yet."""
    try:
        write_secret(path, fresh)
    except FileExistsError:
        return read_secret(path)
    return fresh
