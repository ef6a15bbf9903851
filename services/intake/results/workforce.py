"""Aggregates of a workforce in which nobody can be made out. Pure.

A cell is shown where at least ten people are in it. To subtract one figure from another must give nothing smaller
either, so one rule holds for a whole distribution: what is shown are intervals of scores that cover all of it, each
with at least ten people, and neighbours are joined until that is so. No cell is left out, so that none can be
computed from a total; a total below ten is not shown at all. People are counted once, by their newest result.

Over time: a figure is for the state at the end of the last full month, so that two questions on either side of one
hand-in give the same answer. Counts are rounded down to multiples of five, and values to whole points, so that two
months that differ by one person do not tell which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEAST = 10
STEP = 5
WIDTH = 10
POINTS = 100
_UNITS = 10**8
"""Units of a point."""
_PARTS = 10**6
"""Parts of a dimension in one per cent."""


@dataclass(frozen=True, slots=True)
class Cell:
    """People whose value is from `low` to below `high`, the last cell to `high` itself; whole points."""

    low: int
    high: int
    people: int


def workforce(results: Sequence[Mapping[str, Any]]) -> dict[str, object] | None:
    """The aggregates over `schemas.result.Result`, one a person; None where they are too few to be shown."""
    if len(results) < LEAST:
        return None
    dimensions: dict[str, list[int]] = {}
    for result in results:
        for one in result["dimensions"]:
            dimensions.setdefault(one["id"], []).append(_middle(one["value"]) // _PARTS)
    return {
        "people": _rounded(len(results)),
        "score": _shown([_middle(result["score"]) // _UNITS for result in results]),
        "dimensions": [{"id": name, **_shown(values)} for name, values in sorted(dimensions.items())],
    }


def cells(values: Sequence[int]) -> list[Cell]:
    """Intervals that cover 0 to 100, each with at least ten of these at least ten values."""
    counts = [0] * (POINTS // WIDTH)
    for value in values:
        counts[min(value // WIDTH, len(counts) - 1)] += 1
    joined: list[Cell] = []
    low, people = 0, 0
    for step, count in enumerate(counts, start=1):
        people += count
        if people >= LEAST:
            joined.append(Cell(low, step * WIDTH, people))
            low, people = step * WIDTH, 0
    if low < POINTS:
        last = joined.pop()
        joined.append(Cell(last.low, POINTS, last.people + people))
    return joined


def _shown(values: Sequence[int]) -> dict[str, object]:
    """The median in whole points (of an even number the lower), where ten stand on either side, and the cells."""
    shown: dict[str, object] = {
        "cells": [{"low": one.low, "high": one.high, "people": _rounded(one.people)} for one in cells(values)]
    }
    if len(values) >= 2 * LEAST:
        shown["median"] = sorted(values)[(len(values) - 1) // 2]
    return shown


def _middle(between: Mapping[str, int]) -> int:
    return (between["low"] + between["high"]) // 2


def _rounded(people: int) -> int:
    return people - people % STEP
