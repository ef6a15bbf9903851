"""Uniform random integers from a seed, the same on every machine: SHA-256 in counter mode."""

import hashlib
from collections.abc import Iterator
from itertools import count
from struct import unpack


class Stream:
    """Uniform integers from SHA-256(seed, counter), in words of 32 bits."""

    def __init__(self, seed: str) -> None:
        self._words = _words(seed.encode())

    def below(self, bound: int) -> int:
        """A whole number from 0 to ``bound`` - 1, by rejection, so that each is equally likely."""
        limit = (1 << 32) - (1 << 32) % bound
        number = next(self._words)
        while number >= limit:
            number = next(self._words)
        return number % bound


def _words(seed: bytes) -> Iterator[int]:
    for counter in count():
        yield from unpack(">8I", hashlib.sha256(seed + counter.to_bytes(8, "big")).digest())
