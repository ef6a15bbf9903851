"""Where an entry stands: the number of its log and its index there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

WRITTEN: Final = "(?:[1-9][0-9]?-)?[0-9]{1,15}"
"""How addresses and forms name it: in log 0 by the index alone, elsewhere with the log before it, `1-120`."""


@dataclass(frozen=True, slots=True, order=True)
class At:
    """An index of a log; as text `120`, or `1-120` in log 1."""

    log: int
    index: int

    @classmethod
    def parse(cls, text: str) -> At:
        """Of its text. Raises ValueError."""
        if re.fullmatch(WRITTEN, text, re.ASCII) is None:
            raise ValueError(f"{text!r} is no index such as 120, or 1-120 in log 1")
        log, _, index = text.rpartition("-")
        return cls(int(log or 0), int(index))

    def __str__(self) -> str:
        return f"{self.log}-{self.index}" if self.log else str(self.index)
