"""A few bits for each place of each source, in little memory: a byte a place."""

from __future__ import annotations

from collections.abc import Iterator

from services.audit.reading.values import PAGE, Values


class Places(Values):
    """Bits by source and place; what was never set is 0."""

    def __init__(self) -> None:
        super().__init__("B")

    def add(self, source: str, place: int, bits: int) -> None:
        """Set these bits, 0 to 255, beside those that are set."""
        self._page(source, place)[place % PAGE] |= bits

    def each(self, source: str) -> Iterator[tuple[int, int]]:
        """Every place of a source that has bits, with them, in order."""
        pages = self._sources[source]
        for number in sorted(pages):
            for at, bits in enumerate(pages[number]):
                if bits:
                    yield number * PAGE + at, bits

    def sources(self, topic: str) -> list[str]:
        """The sources of a topic, as `topic/0`."""
        return sorted(source for source in self._sources if source.rpartition("/")[0] == topic)
