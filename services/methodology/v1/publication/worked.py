"""The arithmetic of the worked example, item by item, in whole numbers that a pocket calculator follows.

Every equation stands in backticks, with ``·`` for times, ``/`` for a division that is cut and ``√`` for a root that is
cut; a test reads them from the page and computes them again.
"""

from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.names import name
from services.methodology.v1.publication.score_page import table_of
from services.methodology.v1.tables import Occupation, half_life_class

Document = dict[str, Any]

UNITS = 10**8


def grouped(number: int) -> str:
    """With its thousands apart and a true minus sign."""
    return f"{number:,}".replace("-", "−")


def equation(left: str, right: int) -> str:
    """``left = right`` as code."""
    return f"`{left} = {grouped(right)}`"


def items(told: Document, dimension: str) -> list[Document]:
    """The items of one dimension of an explanation."""
    found: list[Document] = next(one for one in told["dimensions"] if one["id"] == dimension)["items"]
    return found


def _product(item: Document) -> str:
    return grouped(item["weight"] * item["value"])


def tasks(told: Document, occupation: Occupation) -> list[str]:
    """The two ratings, the activities with their one division, and what comes of them."""
    human, model, *mix = items(told, "tasks")
    shares = {activity.id: activity.share for activity in occupation.mix}
    rows = [
        (
            name(one["id"]),
            grouped(shares[one["id"]]),
            grouped(one["value"]),
            grouped(shares[one["id"]] * one["value"]),
        )
        for one in mix
    ]
    whole = sum(shares[one["id"]] * one["value"] for one in mix)
    rows.append(("**sum**", grouped(d.MIX_SCALE), "", f"**{grouped(whole)}**"))
    units = d.MIX_WEIGHT * whole // d.MIX_SCALE
    ratings = [
        (
            name(one["id"]),
            grouped(one["factors"]["exposure"]),
            grouped(one["value"]),
            grouped(one["weight"]),
            _product(one),
        )
        for one in (human, model)
    ]
    total = sum(one["weight"] * one["value"] for one in (human, model)) + units
    return [
        "**Task resilience.** What is left of 10,000 after exposure, by two ratings of the occupation:",
        table_of(("rating", "exposure", "value", "weight", "weight · value"), ratings),
        "and by its activities, with their typical shares in parts per million:",
        table_of(("activity", "share", "value", "share · value"), rows),
        f"The activities have one division together: {equation(f'3,334 · {grouped(whole)} / 1,000,000', units)}. With the "
        f"ratings: {equation(f'{_product(human)} + {_product(model)} + {grouped(units)}', total)}.",
    ]


def skills(told: Document) -> list[str]:
    """Each skill with its level, what is asked, what is still current, value, weight and product."""
    found = items(told, "skills")
    rows, equations = [], []
    for one in found:
        factors = one["factors"]
        level = min(factors["level"], factors["required"])
        equations.append(equation(f"{level} · {grouped(factors['current'])} / {factors['required']}", one["value"]))
        rows.append(
            (
                name(one["id"]),
                half_life_class(one["id"]),
                *(str(factors[key]) for key in ("level", "required", "months")),
                grouped(factors["current"]),
                grouped(one["value"]),
                grouped(one["weight"]),
                _product(one),
            )
        )
    total = sum(one["weight"] * one["value"] for one in found)
    head = ("skill", "class", "level", "asked", "months", "current", "value", "weight", "weight · value")
    return [
        "**Skill currency.** After m months $10000 \\cdot 2^{-m/(12H)}$ of 10,000 is current, H being 4.1 years for a "
        "technology and 7.0 for knowledge, to the nearest whole number:",
        table_of(head, [*rows, ("**sum**", *[""] * 6, "10,000", f"**{grouped(total)}**")]),
        f"A value is the smaller of level and asked level, times what is current, by the asked level: {', '.join(equations)}.",
    ]


def behaviours(told: Document, dimension: str, title: str) -> list[str]:
    """AI leverage or learning."""
    found = items(told, dimension)
    rows = [
        (name(one["id"]), str(one["factors"]["level"]), grouped(one["value"]), grouped(one["weight"]), _product(one))
        for one in found
    ]
    total = sum(one["weight"] * one["value"] for one in found)
    return [
        f"**{title}.** A value is 2,500 times the level:",
        table_of(
            ("item", "level", "value", "weight", "weight · value"),
            [*rows, ("**sum**", "", "", "10,000", f"**{grouped(total)}**")],
        ),
    ]


def market(told: Document) -> list[str]:
    """The projection in tenths of a percent."""
    (item,) = items(told, "market")
    change, value = item["factors"]["change_percent"], item["value"]
    tenths = int(change.replace(".", "")) if "." in change else 10 * int(change)
    left = f"10,000 · ({grouped(tenths)} + 100) / 250"
    return [
        f"**Market demand.** A projected change of {change} %, in tenths: {equation(left, value)}, and with the "
        f"weight of 10,000: {equation(f'10,000 · {grouped(value)}', 10_000 * value)}."
    ]


def transfer(told: Document) -> list[str]:
    """Each area with its level and its value at that level, from the table above."""
    found = items(told, "transfer")
    rows = [
        (name(one["id"]), str(one["factors"]["level"]), grouped(one["value"]), grouped(one["weight"]), _product(one))
        for one in found
    ]
    total = sum(one["weight"] * one["value"] for one in found)
    return [
        "**Transferability.** Values at each level stand in the table of the dimension:",
        table_of(
            ("area", "level", "value", "weight", "weight · value"),
            [*rows, ("**sum**", "", "", "10,000", f"**{grouped(total)}**")],
        ),
    ]


def income(told: Document) -> list[str]:
    """The three parts, in cents."""
    found = items(told, "income")
    other, reserve, covered = (one["factors"] for one in found)
    lefts = (
        f"10,000 · ({grouped(other['sources_total'])} − {grouped(other['largest_source'])}) / {grouped(other['expenses'])}",
        f"10,000 · {grouped(reserve['reserve'])} / (6 · {grouped(reserve['expenses'])})",
        f"10,000 · {grouped(covered['months_covered'])} / 12",
    )
    values = [equation(left, one["value"]) for left, one in zip(lefts, found, strict=True)]
    left = " + ".join(f"{grouped(one['weight'])} · {grouped(one['value'])}" for one in found)
    total = sum(one["weight"] * one["value"] for one in found)
    return [f"In cents: {', '.join(values)}. The dimension: {equation(left, total)}."]


def contributions(told: Document) -> list[str]:
    """What each item adds to the middle; of an activity its part of the one division."""
    rows = [
        (name(item["id"]), str(one["weight"]), grouped(item["contribution"]))
        for one in told["dimensions"]
        for item in one["items"]
    ]
    added = sum(item["contribution"] for one in told["dimensions"] for item in one["items"])
    left = f"{grouped(told['base'])} + {grouped(added)}".replace("+ −", "− ")
    return [
        "**The same from the middle.** An item adds W · w · (v − 5,000). An activity adds W times its part of the one "
        "division: 3,334 · share · (v − 5,000) / 1,000,000, cut downwards, and one more for the largest remainders until "
        "the parts sum to what the division gives.",
        table_of(("item", "W", "adds, in units"), [*rows, ("**sum**", "", f"**{grouped(added)}**")]),
        f"{equation(left, told['score']['low'])} units.",
    ]
