"""What an invitation's code opens. Without it nobody can read whom the invitation is for, its store included."""

from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from infra.crypto.claim_code import canonical
from infra.crypto.root_key import unwrap, wrap


def digest(code: str) -> bytes:
    """By what a code is found: SHA-256, as it has 135 random bits. Raises NotAClaimCode."""
    return sha256(b"careerpulse/invitation/v1" + canonical(code)).digest()


def seal(code: str, external_id: str, invitation: str) -> bytes:
    """The platform's name for its employee, for whoever has the code."""
    return wrap(_key(code), external_id.encode(), invitation)


def opened(code: str, sealed: bytes, invitation: str) -> str:
    """The name again."""
    return unwrap(_key(code), sealed, invitation).decode()


def _key(code: str) -> bytes:
    return HKDFExpand(SHA256(), 32, b"careerpulse/invitation-key/v1").derive(canonical(code))
