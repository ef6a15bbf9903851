"""The integer tables of the advice, read once from ``figures.json``."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("figures.json")
FIRST_YEAR = 2025
SCENARIOS = ("alpha", "beta", "gamma")

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """``adoption`` by speed and year from 2025 on; ``potentials`` by occupation (alpha, beta, gamma);
    ``shifts`` by activity and ``shifts_of_the_rest`` by SOC code (assistance, automation); all in parts of
    10,000.
    """

    adoption: dict[str, tuple[int, ...]]
    potentials: dict[str, tuple[int, int, int]]
    shifts: dict[str, Pair]
    shifts_of_the_rest: dict[str, Pair]

    def in_use(self, speed: str, year: int) -> int:
        """The part that is in use in a year; before the first year measured, and after the last, theirs."""
        curve = self.adoption[speed]
        return curve[min(max(0, year - FIRST_YEAR), len(curve) - 1)]


@cache
def figures() -> Figures:
    """The advice's tables; read once in a process."""
    raw = json.loads(PATH.read_bytes())
    return Figures(
        adoption={speed: tuple(raw["adoption"][speed]) for speed in ("slow", "middle", "fast")},
        potentials={code: tuple(row) for code, row in raw["potentials"].items()},
        shifts={item: tuple(row) for item, row in raw["shifts"].items()},
        shifts_of_the_rest={soc: tuple(row) for soc, row in raw["shifts_of_the_rest"].items()},
    )
