"""Passwords as argon2id keeps them (RFC 9106, its second recommended option: 64 MiB, three passes)."""

import asyncio
import secrets

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError

LEAST, MOST = 12, 200
HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1, type=Type.ID)
_AT_ONCE = 2
"""Hashes computed side by side: each takes 64 MiB."""


class Passwords:
    """Hashes and checks them beside the loop."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        self._hasher = hasher
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._nobodys = hasher.hash(secrets.token_urlsafe(32))

    async def hashed(self, password: str) -> str:
        """A salted hash in the PHC string format."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether it is the password of this hash; None, nobody's hash, takes as long."""
        async with self._turn:
            return await asyncio.to_thread(self._fits, password, kept or self._nobodys) and kept is not None

    def _fits(self, password: str, kept: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


def one_time() -> str:
    """A password of 120 random bits to begin with."""
    return secrets.token_urlsafe(15)
