"""A few bits for each place of each source, in little memory: a byte a place, kept in pages where there are any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

_PAGE = 4096


class Places:
    """Bits by source and place; what was never set is 0."""

    def __init__(self) -> None:
        self._sources: defaultdict[str, dict[int, bytearray]] = defaultdict(dict)

    def get(self, source: str, place: int) -> int:
        """The bits of a place."""
        page = self._sources[source].get(place // _PAGE)
        return page[place % _PAGE] if page is not None else 0

    def add(self, source: str, place: int, bits: int) -> None:
        """Set these bits, 0 to 255, beside those that are set."""
        pages = self._sources[source]
        page = pages.get(place // _PAGE)
        if page is None:
            page = pages[place // _PAGE] = bytearray(_PAGE)
        page[place % _PAGE] |= bits

    def each(self, source: str) -> Iterator[tuple[int, int]]:
        """Every place of a source that has bits, with them, in order."""
        pages = self._sources[source]
        for number in sorted(pages):
            for at, bits in enumerate(pages[number]):
                if bits:
                    yield number * _PAGE + at, bits

    def sources(self, topic: str) -> list[str]:
        """The sources of a topic, as `topic/0`."""
        return sorted(source for source in self._sources if source.rpartition("/")[0] == topic)
