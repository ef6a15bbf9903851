"""Receipts: signed documents that are verified without asking us. That of an erasure names no person.

`{"receipt": {…}, "signature": {…}}`; the signature is Ed25519 (RFC 8032) over the RFC 8785 bytes of `receipt`. Stage
`revoked`: the key is gone. Stage `complete`: every key client has let go and every store has reported.
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, Protocol

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from infra.clock import written
from schemas.entry import canonical
from schemas.topics import KEPT_AT_MOST, gone_from_kafka
from services.consent.erasure.steps import Cause

KIND = "careerpulse/erasure-receipt/1"
CONSENT_KIND = "careerpulse/consent-receipt/1"
KINDS = (KIND, CONSENT_KIND)
Stage = Literal["revoked", "complete"]


class NotVerified(Exception):
    """The receipt proves nothing: changed, signed by another key, or no receipt. Says which."""


class Signable(Protocol):
    """What can be handed out signed."""

    def document(self, key_id: str) -> dict[str, object]:
        """The document that is signed: `kind` and `key_id` beside its content."""
        ...


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What one store deleted: rows by table."""

    store: str
    counts: Mapping[str, int]
    at: datetime


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where the entry `erased` stands in the log, and the checkpoint (a signed note) that covers it."""

    index: int
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The content. `last_write` is the latest moment at which anything could be sealed under the key; None as
    long as a service may still have the key in hand, so that nothing can be said of it.

    `kafka_kept` is how long the broker keeps a record, by what it says; None where it does not say. `epoch` is the
    one in which the key was wrapped last, and `epoch_ends` by when its secret, and with it every copy of the wrapped
    key in a backup, is destroyed: None where nothing is scheduled.
    """

    request: str
    stage: Stage
    requested_at: datetime
    erased_at: datetime
    issued_at: datetime
    last_write: datetime | None
    destroyed: Sequence[Destroyed]
    kafka_kept: timedelta | None = None
    epoch: int | None = None
    epoch_ends: datetime | None = None
    log: LogPlace | None = None
    cause: Cause = "asked"

    def document(self, key_id: str) -> dict[str, object]:
        """The document that is signed."""
        ends = None if self.epoch_ends is None else written(self.epoch_ends)
        gone = None if self.last_write is None else gone_from_kafka(self.last_write, self.kafka_kept or KEPT_AT_MOST)
        return {
            "kind": KIND,
            "request": self.request,
            "stage": self.stage,
            "cause": self.cause,
            "requested_at": written(self.requested_at),
            "erased_at": written(self.erased_at),
            "issued_at": written(self.issued_at),
            "destroyed": [
                {"store": part.store, "counts": dict(part.counts), "at": written(part.at)}
                for part in sorted(self.destroyed, key=lambda part: part.store)
            ],
            "unreadable_copies_gone_by": {
                "kafka": None if gone is None else written(gone),
                "kafka_settings": "assumed" if self.kafka_kept is None else "read",
                "backups": ends,
            },
            "key_epoch": {"number": self.epoch, "destroyed_by": ends},
            "log": None if self.log is None else {"index": self.log.index, "checkpoint": self.log.checkpoint},
            "key_id": key_id,
        }


@dataclass(frozen=True, slots=True)
class Verified:
    """A receipt whose signature holds. `pinned` says whether it was checked against a key from elsewhere."""

    document: Mapping[str, object]
    key_id: str
    pinned: bool


def key_id(public: Ed25519PublicKey) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the raw public key."""
    return sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def as_pem(public: Ed25519PublicKey) -> bytes:
    """The public key as it is published."""
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def from_pem(pem: bytes) -> Ed25519PublicKey:
    """A published key. Raises NotVerified where it is none."""
    try:
        public = load_pem_public_key(pem)
    except ValueError as error:
        raise NotVerified("the key file holds no public key in PEM form") from error
    if not isinstance(public, Ed25519PublicKey):
        raise NotVerified("the key file holds a public key of another kind; receipts are signed with Ed25519")
    return public


def sign(receipt: Signable, private: Ed25519PrivateKey) -> bytes:
    """The signed receipt as it is handed out: canonical JSON."""
    public = private.public_key()
    document = receipt.document(key_id(public))
    return canonical(
        {
            "receipt": document,
            "signature": {
                "algorithm": "Ed25519",
                "public_key": base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode(),
                "value": base64.b64encode(private.sign(canonical(document))).decode(),
            },
        }
    )


def verify(signed: bytes, trusted: Ed25519PublicKey | None = None) -> Verified:
    """The receipt, or NotVerified. Without `trusted` the key inside is used: compare its id with a published one."""
    try:
        envelope = orjson.loads(signed)
        document, signature = envelope["receipt"], envelope["signature"]
        inside = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["public_key"], validate=True))
        value = base64.b64decode(signature["value"], validate=True)
        named, kind = document["key_id"], document["kind"]
    except (ValueError, KeyError, TypeError) as error:
        raise NotVerified("this is no signed receipt") from error
    if kind not in KINDS:
        raise NotVerified("this is a receipt of another kind or version")
    public = trusted or inside
    identity = key_id(public)
    if not isinstance(named, str) or not hmac.compare_digest(named.encode(), identity.encode()):
        raise NotVerified(f"signed by a key that is not {identity}")
    try:
        public.verify(value, canonical(document))
    except InvalidSignature as error:
        raise NotVerified("the signature does not hold: the receipt was changed") from error
    return Verified(document, identity, trusted is not None)
