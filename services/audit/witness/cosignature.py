"""Cosignatures: a witness states that it saw a checkpoint, when, and that it continues all it saw before.

Source: C2SP tlog-cosignature (https://c2sp.org/tlog-cosignature): signature type 0x06, ML-DSA-44 (FIPS 204), which
it recommends, and 0x04, Ed25519, for logs that do not know the other. A time of 0, which only says that no time is
stated, is none that a witness may give for a checkpoint (tlog-witness).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from services.audit.tlog.checkpoint import Checkpoint, CheckpointError
from services.audit.tlog.note import (
    PRIVATE,
    SEED_BYTES,
    KeyType,
    NoteError,
    PrivateKey,
    Signature,
    encode_key,
    key_id,
    parse_key,
)

ED25519: Final = KeyType("Ed25519", 0x04, 32)
ML_DSA_44: Final = KeyType("ML-DSA-44", 0x06, 1312)
LATEST: Final = 2**63 - 1
"""No time may lie behind it."""
_TIME: Final = struct.Struct(">Q")
_SIGNATURE_BYTES: Final = {ED25519: _TIME.size + 64, ML_DSA_44: _TIME.size + 2420}
_LABEL: Final = b"subtree/v1\n\0"
_LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's public key under its name, of one of the two types."""

    name: str
    public: bytes
    kind: KeyType = ED25519

    @property
    def id(self) -> bytes:
        """The key id, 4 bytes."""
        return key_id(self.name, bytes([self.kind.number]) + self.public)

    def encode(self) -> str:
        """The vkey: `<name>+<hex key id>+<base64(type || public key)>`."""
        return encode_key(self.name, self.id, self.kind, self.public)

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        """The key of a vkey; NoteError if it is malformed, of another type or its id does not fit."""
        name, identity, kind, material = parse_key(text, "witness key", ED25519, ML_DSA_44)
        key = cls(name, material, kind)
        if key.id.hex() != identity:
            raise NoteError(f"witness key of {name} states id {identity}, its key gives {key.id.hex()}")
        return key

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether these bytes, a time and a signature, are this witness's cosignature of a checkpoint's text."""
        if len(signature) != _SIGNATURE_BYTES[self.kind]:
            return False
        (at,) = _TIME.unpack_from(signature)
        return 0 < at <= LATEST and self.holds(text, at, signature[_TIME.size :])

    def holds(self, text: str, at: int, signature: bytes) -> bool:
        """Whether it is this key's bare signature of a checkpoint's text and a time; 0 states none."""
        try:
            if self.kind == ED25519:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, _message(text, at))
            else:
                message = _cosigned_message(self.name, text, at)
                MLDSA44PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, CheckpointError):
            return False
        return True


class WitnessSigner(PrivateKey):
    """A witness's private key, Ed25519."""

    __slots__ = ()
    kind: ClassVar[KeyType] = ED25519

    def verifier(self) -> WitnessKey:
        """The public half."""
        return WitnessKey(self.name, self._public(), self.kind)

    def encode(self) -> str:
        """The skey: `PRIVATE+KEY+<name>+<hex key id>+<base64(type || seed)>`."""
        return PRIVATE + encode_key(self.name, self.verifier().id, self.kind, self.seed)

    def cosign(self, text: str, at: int) -> Signature:
        """The cosignature of a checkpoint's text at this time, in seconds since 1970."""
        return Signature(self.name, self.verifier().id, _TIME.pack(at) + self._sign(text, at))

    def _public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    def _sign(self, text: str, at: int) -> bytes:
        return self.private.sign(_message(text, at))


class QuantumSafeSigner(WitnessSigner):
    """A witness's private key, ML-DSA-44, by its seed ξ of 32 bytes (FIPS 204, algorithm 1)."""

    __slots__ = ()
    kind: ClassVar[KeyType] = ML_DSA_44

    def _public(self) -> bytes:
        return self._key().public_key().public_bytes_raw()

    def _sign(self, text: str, at: int) -> bytes:
        return self._key().sign(_cosigned_message(self.name, text, at))

    def _key(self) -> MLDSA44PrivateKey:
        return MLDSA44PrivateKey.from_seed_bytes(self.seed)


RECOMMENDED: Final = "ml-dsa-44"
SIGNERS: Final[dict[str, type[WitnessSigner]]] = {RECOMMENDED: QuantumSafeSigner, "ed25519": WitnessSigner}
"""By the name of the algorithm, the recommended one first."""


def parse_signer(text: str) -> WitnessSigner:
    """The key of an skey; NoteError, which never quotes it, if it is malformed."""
    if not text.startswith(PRIVATE):
        raise NoteError(f"a witness's private key must start with {PRIVATE}")
    seeds = {KeyType(one.kind.name, one.kind.number, SEED_BYTES): one for one in SIGNERS.values()}
    name, identity, kind, seed = parse_key(text.removeprefix(PRIVATE), "witness's private key", *seeds)
    key = seeds[kind](name, seed)
    if key.verifier().id.hex() != identity:
        raise NoteError(f"the private key of {name} does not fit its stated id {identity}")
    return key


def cosigned_at(signature: Signature) -> int:
    """The time that a cosignature states, in seconds since 1970; NoteError where it can hold none."""
    if (length := len(signature.value)) not in _SIGNATURE_BYTES.values():
        raise NoteError(f"the cosignature of {signature.name} has {length} bytes, which none has")
    return int(_TIME.unpack_from(signature.value)[0])


def moment_of(seconds: int) -> datetime | None:
    """The time that a cosignature states; None where no calendar has it."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _cosigned_message(cosigner: str, text: str, at: int) -> bytes:
    """The `cosigned_message` of a checkpoint, RFC 8446 encoding; CheckpointError where its text makes none.

    Extension lines are not signed.
    """
    checkpoint = Checkpoint.parse(text)
    names = [name.encode() for name in (cosigner, checkpoint.origin)]
    if any(len(name) > _LONGEST_NAME for name in names):
        raise CheckpointError(f"a name of more than {_LONGEST_NAME} bytes cannot be cosigned")
    cosigner_name, origin = (bytes([len(name)]) + name for name in names)
    return b"".join(
        (_LABEL, cosigner_name, _TIME.pack(at), origin, struct.pack(">QQ", 0, checkpoint.size), checkpoint.root)
    )
