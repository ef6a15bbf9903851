"""Where a source goes on in another log: what one log leaves out of its chain of places, the others must hold.

Each entry names the place before it in its source. In one log these form a chain without a break. Where a
service came to have several logs, or fewer again, a source moved from one to another: there the chain of one log
ends, and that of another goes on. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.audit.tlog.heads import Finding


@dataclass(frozen=True, slots=True)
class Part:
    """What a log holds of a source without a break: the place before the first entry, None for none, and the last."""

    log: str
    before: int | None
    last: int


class Seams:
    """The parts of every source in all logs that were walked."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Part]] = {}

    def add(self, source: str, part: Part) -> None:
        """One part of a source."""
        self._parts.setdefault(source, []).append(part)

    def finding(self) -> Finding | None:
        """The first break that no other log fills, and the first place that two logs hold; None where all fits."""
        for source, parts in sorted(self._parts.items()):
            reached: int | None = None
            for part in sorted(parts, key=lambda part: part.last):
                if part.before != reached:
                    return Finding(part.log, _message(source, part, reached))
                reached = part.last
        return None


def _message(source: str, part: Part, reached: int | None) -> str:
    stood = "no place" if reached is None else f"place {reached}"
    said = "none" if part.before is None else str(part.before)
    return (
        f"before: of {source} the logs lead to {stood}, and a part that ends at {part.last} goes on from {said}: an "
        "entry is missing or doubled, or a log was not given"
    )
