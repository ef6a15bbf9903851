"""Render advice for a terminal: what would change the score, what fades, what is exposed, a plan, other work."""

from collections.abc import Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from schemas.points import written
from services.methodology.version import Version

Document = dict[str, Any]

SHOWN = 10
SPEEDS = ("slow", "middle", "fast")


def _table(title: str, *columns: str, numbers: Iterable[int] = ()) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    right = set(numbers)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place in right else "left")
    return table


def _state(state: Document) -> str:
    if "amount" in state:
        return f"{state['amount']} (minor units)"
    months = state.get("months")
    return f"level {state['level']}" + (f", {months} months ago" if months else "")


def _percent(parts: int) -> str:
    return f"{(parts + 50) // 100} %"


def counterfactual_table(version: Version, told: Document) -> RenderableType:
    """The smallest change to the target, with both sums of its proof."""
    target = written(told["target"])
    if not told["reachable"]:
        return Text(f"{target} points cannot be reached; the most is {written(told['maximum'])}.")
    if not told["changes"]:
        return Text(f"{target} points are reached already.")
    title = f"The smallest change that reaches {target} points"
    table = _table(title, "points", "item", "from", "to", numbers=[0])
    for change in told["changes"]:
        then = change.get("behaviour") or _state(change["to"])
        table.add_row(written(change["gain"], signed=True), version.name(change["id"]), _state(change["from"]), then)
    proof = told["proof"]
    why = (
        f"No {proof['items'] - 1} items do: the largest gains of so many sum to {proof['sum_of_one_fewer']} units, "
        f"needed are {proof['needed']}; of {proof['items']} they sum to {proof['sum_of_as_many']}."
    )
    return Group(table, Text(why, style="dim"))


def obsolescence_table(version: Version, told: Document) -> RenderableType:
    """What is still current of each skill in 1, 3 and 5 years if nothing is refreshed."""
    title = "Skills, if nothing is refreshed (level still current)"
    heads = ("now", "+1", "+3", "+5 years", "falls short", "refreshing gains")
    table = _table(title, "skill", *heads, numbers=[1, 2, 3, 4, 6])
    for skill in told["skills"]:
        levels = [f"{one // 100}.{one % 100:02d}" for one in skill["current_hundredths"]]
        first = skill["requirements"][0]
        when = first.get("month", first["status"].replace("_", " "))
        table.add_row(version.name(skill["id"]), *levels, when, written(skill["refresh_gain"][0], signed=True))
    path = ", ".join(f"{point['month']} {written(point['score']['low'])}" for point in told["path"])
    return Group(table, Text(f"Path of the score, all else as it is: {path}", style="dim"))


def exposure_table(version: Version, told: Document) -> RenderableType:
    """Exposure of the portfolio by scenario and speed, and of each activity what shifts."""
    heads = [f"{month}" for month in told["months"]]
    scenarios = _table("Exposure of the work to AI (in use)", "scenario", "speed", *heads, numbers=range(2, 6))
    for scenario in told["scenarios"].values():
        for speed in SPEEDS:
            scenarios.add_row(scenario["meaning"], speed, *map(_percent, scenario[speed]))
    activities = _table(
        f"Activities in {told['months'][-1]}, middle speed", "activity", "of the work", "assistance", "automation"
    )
    for one in sorted(told["activities"], key=lambda one: (-one["share_per_mille"], one["id"]))[:SHOWN]:
        shifts = [_percent(one[way]["middle"][-1]) for way in ("assistance", "automation")]
        shown = ["under the measure's threshold", ""] if one["under_threshold"] else shifts
        activities.add_row(version.name(one["id"]), f"{one['share_per_mille'] / 10:.1f} %", *shown)
    return Group(scenarios, Text(), activities)


def plan_table(version: Version, told: Document) -> RenderableType:
    """The best steps for the hours there are, with the bound that shows it."""
    plan = told["plan"]
    title = f"Plan for {told['hours_per_month']} hours a month over {told['months']} months"
    table = _table(title, "points", "hours", "points in 10 hours", "step", "from", "to", numbers=[0, 1, 2])
    for step in plan["steps"]:
        hours = step["hours"]
        row = (written(step["gain"], signed=True), f"{hours['low']} to {hours['high']}")
        per_hours = written(10 * step["gain_per_hour"], signed=True)
        table.add_row(*row, per_hours, version.name(step["id"]), _state(step["from"]), _state(step["to"]))
    gain, bound = written(plan["gain"], signed=True), written(plan["bound"], signed=True)
    why = (
        f"Together {gain} points in {plan['hours']} hours (middle of the range). It is the best there is, "
        f"in units of ten hours: no choice can gain more than {bound}."
    )
    return Group(table, Text(why, style="dim"))


def _offers(told: Document, name: str, title: str) -> Table:
    heads = ("occupation", "distance", "resilience", "openings", "wage", "to close")
    table = _table(f"{title}: {told['counts'][name]}", *heads, numbers=[1, 2, 3, 4])
    for one in told[name]:
        resilience = "" if one["resilience"] is None else _percent(one["resilience"])
        openings = "" if one["openings"] is None else f"{one['openings']:,}"
        wage = "" if one["wage_usd"] is None else f"{one['wage_usd']:,} USD"
        closed = [*one["gates"], *(["regulated"] if "regulated" in one else [])]
        gaps = f"{len(one['gaps'])} gaps" + (f"; {', '.join(closed)}" if closed else "")
        table.add_row(one["title"], _percent(one["distance"]), resilience, openings, wage, gaps)
    return table


def qualification_tables(told: Document) -> RenderableType:
    """The best ten qualified for now, and nearly."""
    note = "Wages, openings and gates: United States. What was not asked is taken as typical of your occupation."
    now, nearly = _offers(told, "now", "Qualified now"), _offers(told, "nearly", "Nearly")
    return Group(now, Text(), nearly, Text(note, style="dim"))


def signals_table(told: Document) -> RenderableType:
    """Signals beside the score."""
    table = _table("Market signals (beside the score, never in it)", "date", "grade", "signal", "publisher")
    for signal in told["signals"]:
        table.add_row(signal["date"], signal["grade"], signal["statement"], signal["publisher"])
    return table


def advice_documents(
    version: Version, answers: Document, *, hours_per_month: int, months: int, target: int | None = None
) -> Document:
    """All advice on one person by name; ``target`` in units, where one was named."""
    told: Document = {} if target is None else {"counterfactual": version.counterfactual(answers, target)}
    return {
        **told,
        "plan": version.plan(answers, hours_per_month, months),
        "forecast": version.forecast(answers),
        "qualification": version.qualification(answers),
        "signals": version.signals(),
    }


def advice_report(version: Version, told: Document) -> Group:
    """``advice_documents`` as a page for the terminal."""
    parts: list[RenderableType] = []
    if "counterfactual" in told:
        parts += [counterfactual_table(version, told["counterfactual"]), Text()]
    parts += [
        plan_table(version, told["plan"]),
        Text(),
        obsolescence_table(version, told["forecast"]["obsolescence"]),
        Text(),
        exposure_table(version, told["forecast"]["exposure"]),
        Text(),
        qualification_tables(told["qualification"]),
        Text(),
        signals_table(told["signals"]),
    ]
    return Group(*parts)
