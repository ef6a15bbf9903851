"""Sealed payloads: AES-256-GCM under a subkey, bound to where they belong.

Layout: version (1 byte) | key commitment (32) | nonce (12, random) | ciphertext | tag (16). The commitment is
checked first, because AES-GCM alone does not bind a ciphertext to one key.
"""

import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas.keys import Subkey

VERSION = b"\x01"
_HEAD = 1 + 32
_NONCE = 12


class NotOpened(Exception):
    """A sealed payload did not open: another key, another context, or changed bytes. Says which check failed."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a payload belongs. Sealed and opened with the same context only.

    `schema` names what is inside (for example `answers/1`); `event_id` the event that carries it.
    """

    tenant: str
    alias: str
    topic: str
    schema: str
    event_id: str
    key_id: str

    def associated_data(self) -> bytes:
        """Length-prefixed, so that no two contexts give the same bytes."""
        parts = (self.tenant, self.alias, self.topic, self.schema, self.event_id, self.key_id)
        return VERSION + b"".join(len(raw).to_bytes(2, "big") + raw for raw in (part.encode() for part in parts))


def seal(subkey: Subkey, plaintext: bytes, context: Context) -> bytes:
    """The sealed payload of `plaintext`."""
    nonce = os.urandom(_NONCE)
    body = AESGCM(subkey.key).encrypt(nonce, plaintext, context.associated_data())
    return VERSION + subkey.commitment + nonce + body


def open_sealed(subkey: Subkey, payload: bytes, context: Context) -> bytes:
    """The plaintext, or NotOpened."""
    if payload[:1] != VERSION:
        raise NotOpened(f"sealed payload of version {payload[:1].hex() or 'none'}; this reader knows 01")
    if not hmac.compare_digest(payload[1:_HEAD], subkey.commitment):
        raise NotOpened("sealed under another key")
    nonce, body = payload[_HEAD : _HEAD + _NONCE], payload[_HEAD + _NONCE :]
    try:
        return AESGCM(subkey.key).decrypt(nonce, body, context.associated_data())
    except (InvalidTag, ValueError) as error:
        raise NotOpened("changed, cut short, or sealed for another place") from error
