"""Uniform random integers from a seed, the same on every machine: SHA-256 in counter mode."""

import hashlib


class Stream:
    """Uniform integers from SHA-256(seed, counter)."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._counter = 0
        self._bytes = b""

    def below(self, bound: int) -> int:
        """A whole number from 0 to ``bound`` - 1, by rejection, so that each is equally likely."""
        limit = (1 << 32) - (1 << 32) % bound
        while True:
            number = self._word()
            if number < limit:
                return number % bound

    def _word(self) -> int:
        if len(self._bytes) < 4:
            self._bytes += hashlib.sha256(self._seed + self._counter.to_bytes(8, "big")).digest()
            self._counter += 1
        word, self._bytes = self._bytes[:4], self._bytes[4:]
        return int.from_bytes(word, "big")
