"""The arithmetic of the worked example's band and detectable change, in whole numbers, as ``worked`` prints it."""

from collections.abc import Sequence
from math import isqrt

from services.methodology.v1 import definition as d
from services.methodology.v1.names import name
from services.methodology.v1.publication.score_page import table_of
from services.methodology.v1.publication.worked import Document, equation, grouped, items
from services.methodology.v1.tables import tables


def band(told: Document, sem: Sequence[int], reference: Sequence[int]) -> list[str]:
    """Standard error, band and detectable change; ``sem`` and ``reference`` in hundredths of a point."""
    dimensions = told["dimensions"]
    rows = [
        (
            one["id"],
            *map(grouped, (one["weight"], own, given, (one["weight"] * own) ** 2, (one["weight"] * given) ** 2)),
        )
        for one, own, given in zip(dimensions, sem, reference, strict=False)
    ]
    cross, squares, both = _covariance(told, sem)
    measured = sum((one["weight"] * own) ** 2 for one, own in zip(dimensions, sem, strict=False))
    given = sum((one["weight"] * own) ** 2 for one, own in zip(dimensions, reference, strict=False))
    answered, whole = measured + 2 * both, measured + 2 * both + given
    half, change = isqrt(196**2 * 10**4 * whole), isqrt(2 * 196**2 * 10**4 * answered)
    weights = {one["id"]: one["weight"] for one in dimensions}
    left = (
        f"{weights['skills']} · {weights['transfer']} · {sem[d.SKILLS]} · {sem[d.TRANSFER]} · {grouped(cross)} / "
        f"√({grouped(squares)})"
    )
    score = told["score"]["low"]
    return [
        "**Band and detectable change.** Errors in hundredths of a point, W in percent:",
        table_of(("dimension", "W", "SEM", "reference", "(W · SEM)²", "(W · reference)²"), rows),
        f"The covariance of the two dimensions: {equation(left, both)}. Of measurement: "
        f"{equation(f'{grouped(measured)} + 2 · {grouped(both)}', answered)}; of everything: "
        f"{equation(f'{grouped(answered)} + {grouped(given)}', whole)}. That is a standard error of "
        f"{isqrt(whole) / 10_000:.2f} points.",
        f"Half of the band, in units: {equation(f'√(196 · 196 · 10,000 · {grouped(whole)})', half)}, so it reaches from "
        f"{equation(f'{grouped(score)} − {grouped(half)}', score - half)} to "
        f"{equation(f'{grouped(score)} + {grouped(half)}', score + half)}. Detectable change: "
        f"{equation(f'√(2 · 196 · 196 · 10,000 · {grouped(answered)})', change)}.",
    ]


def _weights(told: Document) -> tuple[dict[str, int], dict[str, int]]:
    skill = {one["id"]: one["weight"] for one in items(told, "skills")}
    return skill, {area.id: area.weight for area in tables().transfer}


def _covariance(told: Document, sem: Sequence[int]) -> tuple[int, int, int]:
    """The sum over shared items, the product of the sums of squares, and the covariance with its weights."""
    skill, areas = _weights(told)
    weight = {one["id"]: one["weight"] for one in told["dimensions"]}
    cross = sum(one * areas.get(item, 0) for item, one in skill.items())
    squares = sum(one**2 for one in skill.values()) * sum(one**2 for one in areas.values())
    coefficient = weight["skills"] * weight["transfer"] * sem[d.SKILLS] * sem[d.TRANSFER]
    return cross, squares, coefficient * cross // isqrt(squares)


def shared(told: Document) -> list[str]:
    """The items that count in both dimensions, and how much their errors go together (ρ)."""
    skill, areas = _weights(told)
    cross, squares, _ = _covariance(told, d.SEM)
    both = sorted(set(skill) & set(areas))
    left = " + ".join(f"{grouped(skill[item])} · {grouped(areas[item])}" for item in both) or "0"
    sums = [
        equation(
            " + ".join(f"{grouped(one)} · {grouped(one)}" for one in weights.values()),
            sum(map(_square, weights.values())),
        )
        for weights in (skill, areas)
    ]
    named = ", ".join(name(item) for item in both) or "none"
    return [
        f"**Items of two dimensions.** Both skill currency and transferability ask for {named}. Their weights multiplied: {equation(left, cross)}. The "
        f"squares of all weights of skill currency sum to {sums[0]}, those of transferability to {sums[1]}; their product is "
        f"{grouped(squares)}, so that ρ is {cross / isqrt(squares):.3f}."
    ]


def _square(number: int) -> int:
    return number * number
