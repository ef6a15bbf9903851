"""Plausible random answers from a seed under the newest version, the same on every machine: for the demo, benchmarks
and tests.
"""

from collections.abc import Iterator
from typing import Any

from services.methodology.rules import OccupationEntry
from services.methodology.version import load


def drawable() -> tuple[OccupationEntry, ...]:
    """The occupations that specimens are drawn from."""
    return load().publication().drawable()


def specimen(
    seed: str,
    *,
    profile: str = "core",
    occupations: int = 1,
    codes: tuple[str, ...] = (),
    as_of: str = "2026-11",
) -> dict[str, Any]:
    """Complete, plausible answers of one person; the same seed gives the same answers for ever.

    ``codes`` names the occupations; without it ``occupations`` (1 to 3) of them are drawn.
    """
    return load().publication().specimen(seed, profile=profile, occupations=occupations, codes=codes, as_of=as_of)


def specimens(seed: str, count: int, *, profile: str = "core") -> Iterator[dict[str, Any]]:
    """``count`` persons, one seed each: ``SEED/0``, ``SEED/1``, …"""
    for number in range(count):
        yield specimen(f"{seed}/{number}", profile=profile)
