"""Cosignatures: a witness states that it saw a checkpoint, when, and that it continues all it saw before.

Source: C2SP tlog-cosignature (https://c2sp.org/tlog-cosignature), `cosignature/v1`, signature type 0x04, Ed25519.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.audit.tlog.note import PRIVATE, NoteError, PrivateKey, Signature, encode_key, key_id, parse_key

COSIGNATURE: Final = 0x04
_TIME: Final = struct.Struct(">Q")
_SIGNATURE_BYTES: Final = _TIME.size + 64


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness's public Ed25519 key of 32 bytes under its name."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The key id, 4 bytes."""
        return key_id(self.name, bytes([COSIGNATURE]) + self.public)

    def encode(self) -> str:
        """The vkey: `<name>+<hex key id>+<base64(type || public key)>`."""
        return encode_key(self.name, self.id, COSIGNATURE, self.public)

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        """The key of a vkey; NoteError if it is malformed, of another type or its id does not fit."""
        name, identity, material = parse_key(text, "witness key", COSIGNATURE)
        key = cls(name, material)
        if key.id.hex() != identity:
            raise NoteError(f"witness key of {name} states id {identity}, its key gives {key.id.hex()}")
        return key

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether these 72 bytes, a time and a signature, are this witness's cosignature of a checkpoint's text."""
        if len(signature) != _SIGNATURE_BYTES:
            return False
        (at,) = _TIME.unpack_from(signature)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature[_TIME.size :], _message(text, at))
        except InvalidSignature:
            return False
        return True


class WitnessSigner(PrivateKey):
    """A witness's private key."""

    __slots__ = ()

    def verifier(self) -> WitnessKey:
        """The public half."""
        return WitnessKey(self.name, self.private.public_key().public_bytes_raw())

    def encode(self) -> str:
        """The skey: `PRIVATE+KEY+<name>+<hex key id>+<base64(type || seed)>`."""
        return PRIVATE + encode_key(self.name, self.verifier().id, COSIGNATURE, self.seed)

    @classmethod
    def parse(cls, text: str) -> WitnessSigner:
        """The key of an skey; NoteError, which never quotes it, if it is malformed."""
        if not text.startswith(PRIVATE):
            raise NoteError(f"a witness's private key must start with {PRIVATE}")
        name, identity, material = parse_key(text.removeprefix(PRIVATE), "witness's private key", COSIGNATURE)
        key = cls(name, material)
        if key.verifier().id.hex() != identity:
            raise NoteError(f"the private key of {name} does not fit its stated id {identity}")
        return key

    def cosign(self, text: str, at: int) -> Signature:
        """The cosignature of a checkpoint's text at this time, in seconds since 1970."""
        signed = self.private.sign(_message(text, at))
        return Signature(self.name, self.verifier().id, _TIME.pack(at) + signed)


def cosigned_at(signature: Signature) -> int:
    """The time that a cosignature states, in seconds since 1970; NoteError where it can hold none."""
    if (length := len(signature.value)) != _SIGNATURE_BYTES:
        raise NoteError(f"the cosignature of {signature.name} has {length} bytes, not {_SIGNATURE_BYTES}")
    return int(_TIME.unpack_from(signature.value)[0])


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
