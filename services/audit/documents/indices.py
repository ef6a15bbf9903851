"""Which leaves of the log a statement rests on: their number, and their indices as ranges. Pure."""

from dataclasses import dataclass, field

MOST_RANGES = 12
"""Ranges that are listed; behind them the number of the others and the last index stand."""


@dataclass(slots=True)
class Indices:
    """Indices taken in rising order."""

    count: int = 0
    last: int = -1
    _ranges: list[tuple[int, int]] = field(default_factory=list)
    _listed: int = 0

    def take(self, index: int) -> None:
        """One more leaf. Raises ValueError where it does not lie behind the last one."""
        if index <= self.last:
            raise ValueError(f"leaf {index} does not lie behind leaf {self.last}")
        if self._ranges and self._listed == self.count and self._ranges[-1][1] == index - 1:
            self._ranges[-1] = (self._ranges[-1][0], index)
            self._listed += 1
        elif len(self._ranges) < MOST_RANGES:
            self._ranges.append((index, index))
            self._listed += 1
        self.count += 1
        self.last = index

    def __str__(self) -> str:
        """`0–3, 7, 12`, or with more `…, and 88 more up to 199`; `none yet` where there are none."""
        if not self.count:
            return "none yet"
        text = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in self._ranges)
        more = self.count - self._listed
        return f"{text}, and {more:,} more up to {self.last}" if more else text
