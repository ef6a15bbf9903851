"""A plan month by month, and what shows that nothing in these hours gains more. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.charts.chart import Table
from infra.pages.visit import Visit
from services.methodology.wording import Wording

Document = dict[str, Any]
BEHAVIOURS = ("ai.", "learning.")
"""How the ids of habits begin: no course teaches them."""


@dataclass(frozen=True, slots=True)
class Planned:
    """`steps` by what they gain; `why` is the proof in a sentence, `compared` what the price leaves open."""

    steps: list[Document]
    months: Table
    why: str
    compared: Table | None
    evidence: list[str]


def planned(visit: Visit, words: Wording, plan: Document) -> Planned:
    """Of the best plan of `Version.plan`, which has a step."""
    return Planned(
        sorted(plan["steps"], key=lambda step: (-step["gain"], step["id"])),
        _months(visit, words, plan),
        _why(visit, words, plan),
        _compared(visit, words, plan["proof"]),
        [_evidence(words.says, one) for one in plan["evidence"]],
    )


def without_step(visit: Visit, told: Document) -> str:
    """Why `Version.plan` has no step: none fits into the hours, none can be told, or none is left."""
    _ = visit.says
    if told["steps"]:
        return _("Within these hours no single step fits. Give it more hours or months.")
    if any(not item.startswith(BEHAVIOURS) for item in told["open"]):
        return _(
            "No step can be told: of the skills and knowledge that you answered none can be raised, and of what you "
            "left open the level is not known. Answer it in a correction, and the plan has its steps."
        )
    return _("Nothing is left to learn: no higher level and no refreshing of what was asked would add a point.")


def _evidence(tell: Callable[..., str], one: Document) -> str:
    """What stands behind a specialisation or certification, and how much of it the plan learns."""
    if one["complete"]:
        return tell("plan.completes", name=one["name"])
    return tell("plan.nearer", name=one["name"], met=one["met"], of=one["of"])


def _months(visit: Visit, words: Wording, plan: Document) -> Table:
    _ = visit.says
    rows = [
        (
            visit.formats.month(month["month"]),
            "; ".join(words.name(step["id"]) for step in month["steps"]),
            visit.formats.number(sum(step["hours"] for step in month["steps"])),
        )
        for month in plan["by_month"]
    ]
    return Table((_("Month"), _("What"), _("Hours")), tuple(rows))


def _why(visit: Visit, words: Wording, plan: Document) -> str:
    _, proof = visit.says, plan["proof"]
    if proof["gap"] == 0:
        return _(
            "Nothing in these hours gains more: no choice of steps can pass %(bound)s points.",
            bound=words.points(proof["bound"], 2),
        )
    return _(
        "Nothing in these hours gains more. If ten hours cost %(price)s points, no choice of steps can pass "
        "%(bound)s points; only %(open)s steps could come near that, and every combination of them was compared.",
        price=words.points(proof["price"], 2),
        bound=words.apart(plan["gain"], proof["bound"])[1],
        open=sum(len(one["options"]) - 1 for one in proof["open"]),
    )


def _compared(visit: Visit, words: Wording, proof: Document) -> Table | None:
    """The steps of which every combination was compared."""
    _ = visit.says
    rows = [
        (
            words.name(one["id"]),
            visit.formats.number(option["units"] * proof["unit_hours"]),
            words.points(option["gain"], 2, signed=True),
        )
        for one in proof["open"]
        for option in one["options"]
        if option["units"]
    ]
    return Table((_("Step"), _("Hours"), _("Points")), tuple(rows)) if rows else None
