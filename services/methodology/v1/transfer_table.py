"""Transferability: how far a person's knowledge carries into the growing occupation of each major group."""

from fractions import Fraction
from functools import cache

from services.methodology.source import exact, half_up, rows
from services.methodology.v1 import definition as d
from services.methodology.v1.apportion import apportion
from services.methodology.v1.skill_table import Requirement, knowledge, required_level


@cache
def area_ids() -> tuple[str, ...]:
    """The twelve areas by O*NET element id, in id order."""
    by_name = {row["name"]: row["id"] for row in rows("knowledge_names")}
    return tuple(sorted(by_name[name] for name in d.TRANSFER_AREAS))


@cache
def targets() -> tuple[str, ...]:
    """In each major group the growing detailed occupation with the most annual openings that has
    knowledge data.
    """
    best: dict[str, tuple[Fraction, str]] = {}
    for row in rows("projections"):
        code = f"{row['soc']}.00"
        if row["kind"] != "Line item" or code not in knowledge() or exact(row["change_percent"]) <= 0:
            continue
        group = row["soc"][:2]
        candidate = (-exact(row["annual_openings_thousands"]), code)
        best[group] = min(best.get(group, candidate), candidate)
    return tuple(code for _, (_, code) in sorted(best.items()))


def _parts(requirements: dict[str, Requirement]) -> dict[str, tuple[Fraction, int]]:
    """Of one target: each usable area's part of the importance, and its required level."""
    usable = {area: requirements[area] for area in area_ids() if area in requirements}
    whole = sum((one.importance for one in usable.values()), Fraction(0))
    return {area: (one.importance / whole, required_level(one.level)) for area, one in usable.items()}


def transfer_items() -> list[tuple[str, int, list[int]]]:
    """``(area, weight, value at level 0 to 4)``: the mean over all targets, gathered by area; weights
    sum to 10,000.
    """
    shares: dict[str, Fraction] = dict.fromkeys(area_ids(), Fraction(0))
    met = {area: [Fraction(0)] * len(d.LEVELS) for area in area_ids()}
    for code in targets():
        for area, (share, required) in _parts(knowledge()[code]).items():
            shares[area] += share
            for level in d.LEVELS:
                met[area][level] += share * Fraction(min(level, required), required)
    weights = apportion([half_up(shares[area] * 10**15) for area in area_ids()], d.VALUE)
    return [
        (area, weight, [half_up(d.VALUE * one / shares[area]) for one in met[area]])
        for area, weight in zip(area_ids(), weights, strict=True)
    ]
