"""The root key in a PKCS#11 token: one HMAC key an epoch, which never leaves it. Needs the extra `pkcs11`.

    root-key-<epoch>       a generic secret of 256 bits: sensitive, not extractable, for CKM_SHA256_HMAC only
    root-key-<epoch>.end   a private data object with the epoch's end

A backup that the token's maker offers is a backup as any other: keep it no longer than the backup window.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11.exceptions import (
    DeviceError,
    DeviceRemoved,
    NoSuchToken,
    PinIncorrect,
    PinLocked,
    PKCS11Error,
    TokenNotPresent,
)

from infra.crypto.root_key import RootKeyError, RootKeyUnavailable, read_secret
from infra.crypto.root_keys.epochs import EpochRootKey, as_text, epoch_in, from_text, name_of, only_block

PIN = "pkcs11-pin"
_BITS = 256


class Pkcs11RootKey(EpochRootKey):
    """`module` is the maker's library, `token` the token's label. A session lasts one call."""

    def __init__(self, module: Path, token: str, pin_file: Path) -> None:
        self._module = module
        self._token = token
        self._pin_file = pin_file
        super().__init__()

    def epochs(self) -> list[int]:
        """See RootKey."""
        with self._session() as session:
            labels = [key.label for key in session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})]
        return sorted(epoch for label in labels if (epoch := epoch_in(label)) is not None)

    def end_of(self, epoch: int) -> datetime | None:
        """See RootKey."""
        sought = {Attribute.CLASS: ObjectClass.DATA, Attribute.LABEL: f"{name_of(epoch)}.end"}
        with self._session() as session:
            kept = [bytes(found[Attribute.VALUE]) for found in session.get_objects(sought)]
        return from_text(kept[0].decode()) if kept else None

    def _make(self, epoch: int) -> None:
        with self._session() as session:
            session.generate_key(
                KeyType.GENERIC_SECRET,
                _BITS,
                label=name_of(epoch),
                store=True,
                capabilities=MechanismFlag.SIGN,
                mechanism=Mechanism.GENERIC_SECRET_KEY_GEN,
                template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True},
            )

    def _derive(self, epoch: int, info: bytes) -> bytes:
        with self._session() as session:
            return bytes(self._key(session, epoch).sign(only_block(info), mechanism=Mechanism.SHA256_HMAC))

    def _keep_end(self, epoch: int, end: datetime) -> None:
        with self._session() as session:
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.DATA,
                    Attribute.TOKEN: True,
                    Attribute.PRIVATE: True,
                    Attribute.LABEL: f"{name_of(epoch)}.end",
                    Attribute.VALUE: as_text(end).encode(),
                }
            )

    def _destroy(self, epoch: int) -> None:
        with self._session() as session:
            self._key(session, epoch).destroy()

    def _key(self, session: Any, epoch: int) -> Any:
        sought = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: name_of(epoch)}
        found = list(session.get_objects(sought))
        if len(found) != 1:
            fault = "is missing; restore it from the token's backup" if not found else "is there more than once"
            raise RootKeyError(f"{name_of(epoch)} in the token {self._token} {fault}")
        return found[0]

    @contextmanager
    def _session(self) -> Iterator[Any]:
        """A session of its user, and the token's errors as ours."""
        pin = read_secret(self._pin_file).decode().strip()
        where = f"the token {self._token} ({self._module})"
        try:
            with pkcs11.lib(str(self._module)).get_token(token_label=self._token).open(rw=True, user_pin=pin) as one:
                yield one
        except (PinIncorrect, PinLocked) as error:
            state = "locked" if isinstance(error, PinLocked) else "wrong"
            raise RootKeyError(f"the PIN in {self._pin_file} is {state} for {where}") from error
        except NoSuchToken as error:
            raise RootKeyUnavailable(f"{where} is not there; plug it in, or name another in ROOT_KEY") from error
        except (DeviceError, DeviceRemoved, TokenNotPresent) as error:
            raise RootKeyUnavailable(f"{where} does not answer: {type(error).__name__}") from error
        except PKCS11Error as error:
            raise RootKeyError(f"{where}: {type(error).__name__} {error}".rstrip()) from error
