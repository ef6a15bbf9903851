"""Render a learning plan for a terminal: its steps, why nothing gains more, and what it leads to."""

from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.methodology.wording import Wording

Document = dict[str, Any]

HABITS_SHOWN = 5
GAINS = ("points", "hours", "per_hours")


def _hours(said: Wording, effort: Document) -> str:
    return said.span(said.grouped(effort["low"]), said.grouped(effort["high"]))


def _per_hundred(said: Wording, gain_per_hour: int) -> str:
    return said.points(100 * gain_per_hour, 2, signed=True)


def _step(said: Wording, step: Document) -> str:
    now, then = step["from"]["level"], step["to"]["level"]
    return said.says("step.refresh" if now == then else "step.raise", now=now, then=then)


def plan_table(said: Wording, told: Document) -> RenderableType:
    """The best steps for the hours there are, the proof of it, when each is due, and what the plan leads to."""
    plan = told["plan"]
    title = said.says("plan", hours=told["hours_per_month"], months=said.months(told["months"]))
    if not plan["steps"]:
        return Group(Text(title, style="italic"), Text(said.says("plan.none")))
    table = said.table(title, (*GAINS, "step", "level"), numbers=[0, 1, 2])
    for step in plan["steps"]:
        gain, hours = said.points(step["gain"], signed=True), _hours(said, step["hours"])
        each = _per_hundred(said, step["gain_per_hour"])
        table.add_row(gain, hours, each, said.name(step["id"]), _step(said, step))
    lines = [_best(said, plan), said.says("plan.when", when=_when(said, plan)), *_evidence(said, plan)]
    if plan["planned_learning"] is not None:
        more = plan["planned_learning"]
        gain = said.points(more["gain"], signed=True)
        lines.append(said.says("plan.kept", behaviour=more["behaviour"], gain=gain))
    if not plan["more_than_measurement_error"]:
        lines.append(said.says("plan.within_error"))
    return Group(table, *(Text(line, style="dim") for line in lines))


def _best(said: Wording, plan: Document) -> str:
    """What shows that nothing gains more: the bound alone, or what the price leaves open as well."""
    proof = plan["proof"]
    gain = said.points(plan["gain"], 2, signed=True)
    told = said.says("plan.gain", gain=gain, hours=said.grouped(plan["hours"]))
    if proof["gap"] == 0:
        return f"{told} {said.says('plan.best_by_bound', bound=gain)}"
    bound = said.apart(plan["gain"], proof["bound"])[1]
    price = said.points(proof["price"], 2)
    open_steps = sum(len(one["options"]) - 1 for one in proof["open"])
    return f"{told} {said.says('plan.best_by_search', price=price, bound=bound, open=open_steps)}"


def _when(said: Wording, plan: Document) -> str:
    """Each step with its months, in their order."""
    placed = [(step["id"], month["month"]) for month in plan["by_month"] for step in month["steps"]]
    parts = []
    for item, found in groupby(placed, key=lambda one: one[0]):
        months = [month for _, month in found]
        parts.append(f"{said.span(months[0], months[-1])} {said.name(item)}")
    return "; ".join(parts)


def _evidence(said: Wording, plan: Document) -> list[str]:
    """Which specialisations and certifications the plan completes, or brings nearer."""
    return [
        said.says("plan.completes", name=one["name"])
        if one["complete"]
        else said.says("plan.nearer", name=one["name"], met=one["met"], of=one["of"])
        for one in plan["evidence"]
    ]


def habits_table(said: Wording, told: Document) -> Table:
    """Behaviours one level up, what gains most first: they take no hours of study."""
    table = said.table(said.says("habits"), ("points", "habit"), numbers=[0])
    for one in sorted(told["practices"], key=lambda one: (-one["gain"], one["id"]))[:HABITS_SHOWN]:
        table.add_row(said.points(one["gain"], signed=True), one["behaviour"])
    return table


def _learnt(said: Wording, gained: Document) -> tuple[str, ...]:
    """What learning it all adds, in which hours, in a hundred of them, and how many of its items were answered."""
    answered = sum(one["basis"] in ("asked", "held") for one in gained["items"])
    each = _per_hundred(said, gained["gain_per_hour"]) if "gain_per_hour" in gained else ""
    hours = _hours(said, gained["effort"]) if gained["effort"]["high"] else ""
    stated = "*" if gained["effort"]["basis"] == "issuer" else ""
    of = said.says("answered.of", count=answered, of=len(gained["items"]))
    return said.points(gained["gain"], signed=True), hours + stated, each, of


def credentials_tables(said: Wording, told: Document) -> RenderableType:
    """Specialisations and certifications with what learning what they consist of adds."""
    columns, numbers = (*GAINS, "answered"), (0, 1, 2)
    specialisations = said.table(said.says("specialisations"), (*columns, "specialisation"), numbers)
    for one in told["specialisations"]:
        specialisations.add_row(*_learnt(said, one), one["name"])
    certifications = said.table(said.says("certifications"), (*columns, "certification"), numbers)
    for one in told["certifications"]:
        certifications.add_row(*_learnt(said, one["evidences"]), f"{one['name']}, {one['issuer']}")
    every = [*told["specialisations"], *(one["evidences"] for one in told["certifications"])]
    stated = any(one["effort"]["basis"] == "issuer" for one in every)
    notes = [said.says("credentials.note"), *([said.says("credentials.stated")] if stated else [])]
    return Group(specialisations, Text(), certifications, *(Text(note, style="dim") for note in notes))
