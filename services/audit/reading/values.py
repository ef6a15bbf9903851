"""A whole number for each place of each source, in little memory: pages of an array, where there are any."""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import Final, Literal

PAGE: Final = 4096


class Values:
    """Numbers of 8 (`B`), 32 (`I`) or 64 bits (`Q`) by source and place; what was never set is 0."""

    def __init__(self, kind: Literal["B", "I", "Q"]) -> None:
        self._empty = array(kind, [0]) * PAGE
        self._sources: defaultdict[str, dict[int, array[int]]] = defaultdict(dict)

    def get(self, source: str, place: int) -> int:
        """The number of a place."""
        page = self._sources[source].get(place // PAGE)
        return page[place % PAGE] if page is not None else 0

    def set(self, source: str, place: int, value: int) -> None:
        """Give the place this number."""
        self._page(source, place)[place % PAGE] = value

    def _page(self, source: str, place: int) -> array[int]:
        pages = self._sources[source]
        page = pages.get(place // PAGE)
        if page is None:
            page = pages[place // PAGE] = self._empty[:]
        return page
