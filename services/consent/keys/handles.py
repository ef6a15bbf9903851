"""Handles: what names a person from outside (a platform's `external_id`, a claim code), kept as a keyed hash only.

The key is random, one for each tenant, and stored wrapped under the tenant key: without the root key a copy of the
database answers no guess, and the row goes with the erasure.
"""

import hmac
from typing import Literal

HandleKind = Literal["external-id", "claim-code", "employee-code", "invitation"]
"""`employee-code`: an employee's claim code, by which nobody hands in; `invitation`: the code that leads to it."""


def handle(handle_key: bytes, kind: HandleKind, name: bytes) -> bytes:
    """HMAC-SHA256 of the name, 32 bytes."""
    return hmac.digest(handle_key, f"careerpulse/handle/v1/{kind}/".encode() + name, "sha256")
