"""From values to places on a drawing, and round values to mark."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps `low` to `start` and `high` to `end`, straight between. Raises ValueError where low is high."""

    low: int
    high: int
    start: float
    end: float

    def __post_init__(self) -> None:
        if self.low == self.high:
            raise ValueError("a scale needs two different ends")

    def at(self, value: int) -> float:
        """Where a value lies."""
        return self.start + (value - self.low) * (self.end - self.start) / (self.high - self.low)

    def span(self, value: int) -> float:
        """How long a difference is."""
        return value * (self.end - self.start) / (self.high - self.low)


def ticks(low: int, high: int, most: int = 6) -> list[int]:
    """Round values from `low` to `high`, both within, at most `most` of them (1, 2 or 5 times a power of ten)."""
    if low > high or most < 2:
        raise ValueError("ticks go from low to high, at least two of them")
    step, factors = 1, 0
    while len(range(-(-low // step) * step, high + 1, step)) > most:
        step, factors = (1, 2, 5)[(factors + 1) % 3] * 10 ** ((factors + 1) // 3), factors + 1
    return list(range(-(-low // step) * step, high + 1, step))


def wrapped(words: str, most: int, lines: int = 2) -> list[str]:
    """Words in lines of at most `most` characters; what does not fit into so many lines ends in an ellipsis.

    What a hard space joins stays on one line.
    """
    done: list[str] = []
    for word in filter(None, words.split(" ")):
        if done and len(done[-1]) + 1 + len(word) <= most:
            done[-1] += f" {word}"
        else:
            done.append(word)
    if len(done) > lines:
        done = [*done[: lines - 1], " ".join(done[lines - 1 :])]
    return [each if len(each) <= most else f"{each[: most - 1].rstrip()}…" for each in done]
