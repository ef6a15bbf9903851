"""How many long requests each client may have open at a time."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from infra.http.problems import Problem


class AtOnce:
    """`most` at a time for each client; what is forgotten when they end bounds what is kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[Hashable] = Counter()

    @contextmanager
    def one(self, client: Hashable) -> Iterator[None]:
        """Hold one for the block. Raises Problem (429) where all are open."""
        if self._open[client] >= self._most:
            raise Problem(
                429,
                "too-many-at-once",
                "Too many at once",
                f"{self._most} of these are open already; come again when one has ended. Nothing was done.",
                headers={"Retry-After": "5"},
            )
        self._open[client] += 1
        try:
            yield
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]
