"""Subkeys: one for each domain of a person's data, derived so that none leads to another or to the data key.

HKDF-SHA256 (RFC 5869). The data key is uniformly random, so the extract step is left out, as section 3.3 allows.
"""

from typing import get_args

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from schemas.keys import Domain, Subkey, TenantDomain

DATA_KEY_BYTES = 32
DOMAINS: tuple[Domain, ...] = get_args(Domain)
_CONTEXT = b"careerpulse/subkey/v1/"


def derive(data_key: bytes, domain: Domain | TenantDomain) -> Subkey:
    """The subkey of `domain` and its commitment, 32 bytes each."""
    output = HKDFExpand(SHA256(), 64, _CONTEXT + domain.encode()).derive(data_key)
    return Subkey(key=output[:32], commitment=output[32:])


def key_id(data_key: bytes) -> str:
    """A name for a data key that tells nothing of it: 16 hexadecimal digits."""
    return HKDFExpand(SHA256(), 8, b"careerpulse/key-id/v1").derive(data_key).hex()
