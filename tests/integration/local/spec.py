"""A topic as these tests name it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    partitions: int = 1
    retention_hours: int | None = 168
    compacted: bool = False
