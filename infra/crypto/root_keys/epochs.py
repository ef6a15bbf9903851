"""What every root key does alike, whatever holds its secrets.

A tenant key is HKDF-SHA256 (RFC 5869). Who holds the secret in a file or in Vault runs all of it; a token and a cloud
keep a key for HMAC-SHA256 that never leaves them, which stands for the pseudorandom key of HKDF's second step: one
block of output is HMAC(key, info | 0x01).
"""

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from infra.crypto.root_key import SECRET_BYTES, EpochDestroyed, RootKeyError, RootKeyUnavailable

_INFO = b"careerpulse/tenant-key/v1/"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class EpochRootKey(ABC):
    """The port `infra.crypto.root_key.RootKey` over seven steps that a holder knows. Tenant keys stay in memory."""

    lag = timedelta()

    def __init__(self) -> None:
        self._tenant_keys: dict[tuple[int, str], bytes] = {}
        self._epoch = max(self.epochs(), default=0)
        if self._epoch == 0:
            self.begin_epoch()

    @property
    def epoch(self) -> int:
        """The newest epoch that has a secret."""
        return self._epoch

    def tenant_key(self, epoch: int, tenant: str) -> bytes:
        """See RootKey."""
        place = (epoch, tenant)
        if place not in self._tenant_keys:
            self._tenant_keys[place] = self._fresh(epoch, _INFO + tenant.encode())
        return self._tenant_keys[place]

    def begin_epoch(self) -> int:
        """See RootKey."""
        self._make(self._epoch + 1)
        self._epoch += 1
        return self._epoch

    def set_end(self, epoch: int, end: datetime) -> None:
        """See RootKey."""
        self._demand_past(epoch)
        if self.end_of(epoch) is None:
            self._keep_end(epoch, end)

    def destroy(self, epoch: int) -> None:
        """See RootKey."""
        self._demand_past(epoch)
        for place in [place for place in list(self._tenant_keys) if place[0] == epoch]:  # threads add
            del self._tenant_keys[place]
        if epoch in self.epochs():
            self._destroy(epoch)

    @abstractmethod
    def epochs(self) -> list[int]:
        """See RootKey."""

    @abstractmethod
    def end_of(self, epoch: int) -> datetime | None:
        """See RootKey."""

    @abstractmethod
    def _make(self, epoch: int) -> None:
        """Make the secret of a new epoch, at once or not at all; never over one that is there."""

    @abstractmethod
    def _derive(self, epoch: int, info: bytes) -> bytes:
        """32 bytes of this epoch's secret for `info`. Raises RootKeyError where the secret is missing."""

    @abstractmethod
    def _keep_end(self, epoch: int, end: datetime) -> None:
        """Keep the end of an epoch that has none, beside its secret."""

    @abstractmethod
    def _destroy(self, epoch: int) -> None:
        """Destroy the secret of an epoch that is there; its end stays known for as long as the holder can."""

    def _fresh(self, epoch: int, info: bytes) -> bytes:
        try:
            return self._derive(epoch, info)
        except RootKeyUnavailable:
            raise
        except RootKeyError as error:
            end = self.end_of(epoch)
            if end is None or epoch in self.epochs():
                raise
            raise EpochDestroyed(
                f"epoch {epoch} is destroyed (its end was {end:%Y-%m-%d}), and with it every key and backup of it; "
                f"restore a backup of epoch {self._epoch}"
            ) from error

    def _demand_past(self, epoch: int) -> None:
        if epoch >= self._epoch:
            raise ValueError(f"epoch {epoch} is not past; the current one is {self._epoch}")


def derived(secret: bytes, info: bytes, where: str) -> bytes:
    """HKDF-SHA256 of a secret of 32 bytes that was found at `where`. Raises RootKeyError for one of another size."""
    if len(secret) != SECRET_BYTES:
        raise RootKeyError(f"{where} holds {len(secret)} bytes; a root secret has {SECRET_BYTES}")
    return HKDF(SHA256(), SECRET_BYTES, salt=None, info=info).derive(secret)


def only_block(info: bytes) -> bytes:
    """What a held key authenticates so that its HMAC-SHA256 is HKDF's output (RFC 5869, section 2.3, T(1))."""
    return info + b"\x01"


def name_of(epoch: int) -> str:
    """How a holder names an epoch's secret."""
    return f"root-key-{epoch}"


def epoch_in(name: str) -> int | None:
    """The epoch that a name means, or None."""
    number = name.removeprefix("root-key-")
    return int(number) if name != number and number.isdecimal() else None


def as_text(end: datetime) -> str:
    """An end as it is kept, to the second, in UTC."""
    return end.astimezone(UTC).strftime(_TIME)


def from_text(kept: str) -> datetime:
    """An end that was kept."""
    return datetime.strptime(kept, _TIME).replace(tzinfo=UTC)
