"""Where reading begins in each partition, and what that shows: records that are gone before they were read.

Offsets have gaps, so only the two ends of a partition say something: its start may lie beyond the offset to go on
from, and its end before it. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition as the broker has it: its first offset, and the one after its last record."""

    source: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be. `blocking`: from this partition nothing can be taken until it is looked into."""

    source: str
    message: str
    blocking: bool


@dataclass(frozen=True, slots=True)
class Positions:
    """The offset to go on from, for each partition that can be read, the findings, and the ranges that are lost."""

    offsets: Mapping[str, int]
    findings: tuple[Finding, ...]
    lost: Mapping[str, tuple[int, int]]


def positions(partitions: Iterable[Partition], kept: Mapping[str, int]) -> Positions:
    """Where to go on, with the offsets that the log keeps; a partition it does not know begins at 0."""
    offsets: dict[str, int] = {}
    findings: list[Finding] = []
    lost: dict[str, tuple[int, int]] = {}
    for one in partitions:
        offset = kept.get(one.source, 0)
        if offset > one.end:
            findings.append(_beyond(one, offset))
            continue
        if offset < one.begin:
            findings.append(_lost(one, offset))
            lost[one.source] = (offset, one.begin)
        offsets[one.source] = max(offset, one.begin)
    return Positions(offsets, tuple(findings), lost)


def _beyond(one: Partition, offset: int) -> Finding:
    message = (
        f"the log has read {one.source} up to {offset}, but it ends at {one.end}: it is another topic than before; "
        "give the log the broker that it was written from, or begin a new log"
    )
    return Finding(one.source, message, blocking=True)


def _lost(one: Partition, offset: int) -> Finding:
    message = f"{one.source} begins at {one.begin}; the records from {offset} on were deleted before they were read"
    return Finding(one.source, message, blocking=False)
