"""The root of all keys: one random secret for each epoch, held behind a port and never in a database.

Tenant key = HKDF-SHA256(epoch secret, tenant) (RFC 5869). It wraps the persons' data keys with AES-256-GCM, each
bound to its owner as associated data, so that a wrapped key moved to another row does not open. What holds the
secrets is chosen in `infra.crypto.root_keys`.
"""

import os
import secrets
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SECRET_BYTES = 32
_NONCE = 12


class RootKeyError(Exception):
    """The root key cannot be used: absent, readable by others, of a wrong size. Says which, where and what to do."""


class RootKeyUnavailable(RootKeyError):
    """What holds the root key is sealed, or does not answer: nothing is lost, try again once it is back."""


class EpochDestroyed(RootKeyError):
    """The secret of this epoch was destroyed at its end: what is wrapped in it opens never again."""


class NotUnwrapped(Exception):
    """A wrapped key does not open under this tenant key and for this owner."""


class RootKey(Protocol):
    """The port: a file here, a token, Vault or a cloud's key service elsewhere.

    An epoch's end is kept beside its secret, as cloud services keep a scheduled deletion: a restored database cannot
    put it off. Every call may raise RootKeyError, RootKeyUnavailable where it helps to try again.
    """

    lag: timedelta
    """How long after `destroy` the secret is gone for good. Until then it opens nothing, but it could be undone."""

    @property
    def epoch(self) -> int:
        """The current epoch; new keys are wrapped in it."""

    def tenant_key(self, epoch: int, tenant: str) -> bytes:
        """The 32-byte wrapping key of `tenant` in `epoch`. Raises EpochDestroyed where it is."""

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
    sync_directory(path.parent)


def secret_made_once(path: Path, fresh: bytes) -> bytes:
    """The secret in the file, which is created with `fresh` where there is none yet."""
    if path.exists():
        return read_secret(path)  # also from a directory that cannot be written
    try:
        write_secret(path, fresh)
    except FileExistsError:
        return read_secret(path)
    return fresh


def sync_directory(directory: Path) -> None:
    """Make names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
