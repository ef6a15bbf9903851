"""Signed notes: a text and the signatures of one or more keys under it.

Source: C2SP signed-note (https://c2sp.org/signed-note), signature type 0x01, Ed25519; the text form of the
private key is that of Go's golang.org/x/mod/sumdb/note. Signatures of unknown keys are kept and never
trusted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.audit.tlog import strict_base64

MAX_NOTE_BYTES: Final = 1_000_000
MAX_SIGNATURES: Final = 100
_DASH: Final = "\u2014 "
PRIVATE: Final = "PRIVATE+KEY+"
SEED_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class KeyType:
    """A type of signature: its name, the byte that stands for it, and the length of a key in bytes."""

    name: str
    number: int
    length: int


ED25519: Final = KeyType("Ed25519", 0x01, 32)


class NoteError(ValueError):
    """A note or a key is not well-formed, or no trusted key has signed."""


def check_name(name: str) -> str:
    """A key's name: not empty, no Unicode space, no plus, no control character; else NoteError."""
    if not name or any(letter.isspace() or letter == "+" or letter < " " for letter in name):
        raise NoteError(f"key name {name!r} must be non-empty and hold neither spaces nor plus signs")
    return name


def key_id(name: str, material: bytes) -> bytes:
    """The 4 bytes that, with its name, tell a key: SHA-256(name || 0x0A || type || public key)[:4]."""
    return sha256(name.encode() + b"\n" + material).digest()[:4]


class Verifier(Protocol):
    """A public key of any signature type; equal keys are equal and hash alike."""

    @property
    def name(self) -> str:
        """The key's name."""

    @property
    def id(self) -> bytes:
        """The key id, 4 bytes."""

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether this is the key's signature of the text."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public Ed25519 key of 32 bytes under a name; as text a *vkey*."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The key id, 4 bytes."""
        return key_id(self.name, bytes([ED25519.number]) + self.public)

    def encode(self) -> str:
        """`<name>+<hex key id>+<base64(type || public key)>`."""
        return encode_key(self.name, self.id, ED25519, self.public)

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """The key of a vkey; NoteError if it is malformed, of another type or its id does not fit."""
        name, identity, _, material = parse_key(text, "verifier key", ED25519)
        key = cls(name, material)
        if key.id.hex() != identity:
            raise NoteError(f"verifier key of {name} states id {identity}, its key gives {key.id.hex()}")
        return key

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether these 64 bytes are this key's signature of the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A seed of 32 bytes under a name, of Ed25519 but where a kind says otherwise. Never shown by repr.

    Its kinds are plain subclasses: a dataclass of their own would be given a repr that shows the seed.
    """

    name: str
    seed: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.seed) != SEED_BYTES:
            raise NoteError(f"the seed of {self.name} must be {SEED_BYTES} bytes, not {len(self.seed)}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r})"

    @classmethod
    def generate(cls, name: str) -> Self:
        """A new random key."""
        return cls(name, token_bytes(SEED_BYTES))

    @property
    def private(self) -> Ed25519PrivateKey:
        """The key that signs with Ed25519."""
        return Ed25519PrivateKey.from_private_bytes(self.seed)


class SignerKey(PrivateKey):
    """A private key that signs notes; as text an *skey*."""

    __slots__ = ()

    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw())

    def encode(self) -> str:
        """`PRIVATE+KEY+<name>+<hex key id>+<base64(type || seed)>`."""
        return PRIVATE + encode_key(self.name, self.verifier().id, ED25519, self.seed)

    @classmethod
    def parse(cls, text: str) -> SignerKey:
        """The key of an skey; NoteError, which never quotes it, if it is malformed."""
        if not text.startswith(PRIVATE):
            raise NoteError(f"a signer key must start with {PRIVATE}")
        name, identity, _, material = parse_key(text.removeprefix(PRIVATE), "signer key", ED25519)
        key = cls(name, material)
        if key.verifier().id.hex() != identity:
            raise NoteError(f"signer key of {name} does not fit its stated id {identity}")
        return key

    def sign(self, text: str) -> Signature:
        """This key's signature of a note's text."""
        return Signature(self.name, self.verifier().id, self.private.sign(text.encode()))


def encode_key(name: str, identity: bytes, kind: KeyType, material: bytes) -> str:
    """`<name>+<hex key id>+<base64(type || key)>`, the text of a vkey or, behind its prefix, of an skey."""
    return f"{name}+{identity.hex()}+{strict_base64.encode(bytes([kind.number]) + material)}"


def parse_key(text: str, what: str, *kinds: KeyType) -> tuple[str, str, KeyType, bytes]:
    """Name, hex key id, type and key of such a text; NoteError if it is malformed or of none of these types."""
    parts = text.strip("\n").split("+", 2)
    if len(parts) != 3:
        raise NoteError(f"a {what} is <name>+<hex id>+<base64>, this has {len(parts)} parts")
    name, identity, encoded = parts
    check_name(name)
    try:
        material = strict_base64.decode(encoded)
    except ValueError:
        raise NoteError(f"the {what} of {name} is not Base 64") from None
    for kind in kinds:
        if len(material) == 1 + kind.length and material[0] == kind.number:
            return name, identity, kind, material[1:]
    known = " or ".join(f"{kind.name} (type {kind.number:#04x} and {kind.length} bytes)" for kind in kinds)
    raise NoteError(f"the {what} of {name} is not {known}")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, its id of 4 bytes and what it signed with."""

    name: str
    key_id: bytes
    value: bytes

    def encode(self) -> str:
        """The line with its newline."""
        return f"{_DASH}{self.name} {strict_base64.encode(self.key_id + self.value)}\n"

    @classmethod
    def parse(cls, line: str) -> Signature:
        """The signature of one line without its newline; else NoteError."""
        if not line.startswith(_DASH):
            raise NoteError(f"a signature line must start with an em dash and a space: {line[:80]!r}")
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        check_name(name)
        try:
            value = strict_base64.decode(encoded)
        except ValueError as error:
            raise NoteError(f"the signature of {name} is {error}") from error
        if len(value) < 5:
            raise NoteError(f"the signature of {name} is too short")
        return cls(name, value[:4], value[4:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures in their order."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        """The note as bytes."""
        return (self.text + "\n" + "".join(line.encode() for line in self.signatures)).encode()

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """The parts of a note, nothing verified yet; NoteError if it is not well-formed."""
        if len(data) > MAX_NOTE_BYTES:
            raise NoteError(f"the note has {len(data)} bytes, more than {MAX_NOTE_BYTES}")
        try:
            note = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NoteError(f"the note is not UTF-8 at byte {error.start}") from error
        if any(letter < " " and letter != "\n" for letter in note):
            raise NoteError("the note holds a control character other than newline")
        head, blank, tail = note.rpartition("\n\n")
        if not blank or not tail.endswith("\n"):
            raise NoteError("the note lacks a blank line followed by signature lines that end in a newline")
        lines = tail[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise NoteError(f"the note has {len(lines)} signatures, more than {MAX_SIGNATURES}")
        return cls(head + "\n", tuple(Signature.parse(line) for line in lines))

    def verified_by(self, keys: Iterable[Verifier]) -> tuple[Verifier, ...]:
        """Those of the trusted keys that have signed, in the order of the signatures.

        Raises NoteError if a known key's signature is wrong or if no known key has signed.
        """
        known = {(key.name, key.id): key for key in keys}
        signed: dict[Verifier, None] = {}
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key is None:
                continue
            if not key.verifies(self.text, signature.value):
                raise NoteError(f"the signature of {key.name}+{key.id.hex()} is wrong")
            signed[key] = None
        if not signed:
            names = ", ".join(f"{name}+{identity.hex()}" for name, identity in known) or "none"
            raise NoteError(f"no trusted key has signed (trusted: {names})")
        return tuple(signed)


def sign_note(text: str, *signers: SignerKey) -> Note:
    """The text, signed by each of these keys; NoteError if the text cannot be a note's text."""
    if not text.endswith("\n") or any(letter < " " and letter != "\n" for letter in text):
        raise NoteError("a note's text must end in a newline and hold no other control character")
    return Note(text, tuple(signer.sign(text) for signer in signers))
