"""Codes of occupations that a version does not ask about, and which it would."""

from collections.abc import Sequence
from typing import Any

from schemas.answers import PROFILES
from services.methodology.version import ENGLISH, Version


def misfits(version: Version, codes: Sequence[str], language: str = ENGLISH) -> list[str]:
    """What is wrong with one to three codes of the right form, each with the nearest titles; empty if nothing."""
    return [f"{finding.message} {finding.suggestion}" for finding in version.validate(_portfolio(codes), language)]


def _portfolio(codes: Sequence[str]) -> dict[str, Any]:
    """Answers that name these occupations and nothing else."""
    share, rest = divmod(1000, len(codes))
    shares = [share + rest, *[share] * (len(codes) - 1)]
    occupations = [{"code": code, "share": one} for code, one in zip(codes, shares, strict=True)]
    return {"as_of": "2026-11", "profile": PROFILES[0], "occupations": occupations}
