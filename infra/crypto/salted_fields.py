"""A commitment to fields that can be shown one by one, and to nobody once the key is gone.

The commitment is the RFC 6962 root over one leaf for each field, in the order given. Each leaf hides its value
behind a salt derived from the person's trail subkey and the event id: a retry commits equally, and the
erasure of the key takes every salt away.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from infra.crypto.tree_hash import leaf_hash, root_of
from schemas.keys import Subkey

_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class SaltedField:
    """One field as it is shown: its name, its salt (32 bytes) and its value as bytes."""

    name: str
    salt: bytes
    value: bytes

    def leaf(self) -> bytes:
        """The leaf's hash, over the length-prefixed name, the salt and the value."""
        name = self.name.encode()
        return leaf_hash(len(name).to_bytes(2, "big") + name + self.salt + self.value)


def salted(trail: Subkey, event_id: str, fields: Sequence[tuple[str, bytes]]) -> tuple[SaltedField, ...]:
    """The fields with their salts."""
    return tuple(SaltedField(name, _salt(trail, event_id, name), value) for name, value in fields)


def commit(fields: Sequence[SaltedField]) -> str:
    """The commitment, as 64 hexadecimal digits."""
    return root_of([field.leaf() for field in fields]).hex()


def entry_id(trail: Subkey, event_id: str, entry_type: str) -> str:
    """The id of the audit entry of this type that this event causes: 128 bits, equal at every retry."""
    return _expanded(trail, f"careerpulse/entry/v1/{event_id}/{entry_type}")


def derived_id(trail: Subkey, use: str, event_id: str) -> str:
    """128 bits for what follows from an event, such as a review: equal at every retry, and guessed by nobody."""
    return _expanded(trail, f"careerpulse/id/v1/{event_id}/{use}")


def _expanded(trail: Subkey, info: str) -> str:
    """HKDF-Expand (RFC 5869, section 2.3), of which up to 32 bytes are one HMAC over the info and the block's number;
    the subkey is uniformly random, so nothing is extracted before.
    """
    return hmac.digest(trail.key, info.encode() + b"\x01", "sha256")[:_ID_BYTES].hex()


def _salt(trail: Subkey, event_id: str, name: str) -> bytes:
    return hmac.digest(trail.key, f"careerpulse/salt/v1/{event_id}/{name}".encode(), "sha256")
