"""Render advice for a terminal: what would change the score, what fades, what is exposed, a plan, other work."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.methodology.version import ENGLISH, Version
from services.methodology.wording import Wording

Document = dict[str, Any]

SHOWN = 10
SPEEDS = ("slow", "middle", "fast")


def _state(said: Wording, state: Document) -> str:
    if "amount" in state:
        return said.says("state.amount", amount=state["amount"])
    months = state.get("months")
    return said.says("state.months" if months else "state.level", level=state["level"], months=months)


def _percent(parts: int) -> str:
    return f"{(parts + 50) // 100} %"


def counterfactual_table(said: Wording, told: Document) -> RenderableType:
    """The smallest change to the target, with both sums of its proof."""
    target = said.points(told["target"])
    if not told["reachable"]:
        return Text(said.says("smallest.unreachable", target=target, most=said.points(told["maximum"])))
    if not told["changes"]:
        return Text(said.says("smallest.reached", target=target))
    columns = ("points", "item", "from", "to")
    table = said.table(said.says("smallest", target=target), columns, numbers=[0])
    for change in told["changes"]:
        then = change.get("behaviour") or _state(said, change["to"])
        gain = said.points(change["gain"], signed=True)
        table.add_row(gain, said.name(change["id"]), _state(said, change["from"]), then)
    proof = told["proof"]
    why = said.says(
        "smallest.proof",
        fewer=proof["items"] - 1,
        items=proof["items"],
        of_fewer=proof["sum_of_one_fewer"],
        needed=proof["needed"],
        of_items=proof["sum_of_as_many"],
    )
    return Group(table, Text(why, style="dim"))


def obsolescence_table(said: Wording, told: Document) -> RenderableType:
    """What is still current of each skill in 1, 3 and 5 years if nothing is refreshed."""
    columns = ("skill", "now", "+1", "+3", "+5", "short", "refreshing")
    table = said.table(said.says("fading"), columns, numbers=[1, 2, 3, 4, 6])
    for skill in told["skills"]:
        levels = [said.decimal(f"{one // 100}.{one % 100:02d}") for one in skill["current_hundredths"]]
        first = skill["requirements"][0]
        when = first.get("month") or said.says(f"fading.{first['status']}")
        gain = said.points(skill["refresh_gain"][0], signed=True)
        table.add_row(said.name(skill["id"]), *levels, when, gain)
    path = ", ".join(f"{point['month']} {said.points(point['score']['low'])}" for point in told["path"])
    return Group(table, Text(said.says("fading.path", path=path), style="dim"))


def exposure_table(said: Wording, told: Document) -> RenderableType:
    """Exposure of the portfolio by scenario and speed, and of each activity what shifts."""
    columns = ("scenario", "speed", *told["months"])
    scenarios = said.table(said.says("exposure"), columns, numbers=range(2, 6))
    for scenario in told["scenarios"].values():
        for speed in SPEEDS:
            scenarios.add_row(scenario["meaning"], said.says(f"speed.{speed}"), *map(_percent, scenario[speed]))
    heads = ("activity", "share", "assistance", "automation")
    activities = said.table(said.says("activities", month=told["months"][-1]), heads)
    for one in sorted(told["activities"], key=lambda one: (-one["share_per_mille"], one["id"]))[:SHOWN]:
        shifts = [_percent(one[way]["middle"][-1]) for way in ("assistance", "automation")]
        shown = [said.says("activities.under"), ""] if one["under_threshold"] else shifts
        share = said.decimal(f"{one['share_per_mille'] / 10:.1f}")
        activities.add_row(said.name(one["id"]), f"{share} %", *shown)
    return Group(scenarios, Text(), activities)


def plan_table(said: Wording, told: Document) -> RenderableType:
    """The best steps for the hours there are, with the bound that shows it."""
    plan = told["plan"]
    title = said.says("plan", hours=told["hours_per_month"], months=told["months"])
    table = said.table(title, ("points", "hours", "per_hours", "step", "from", "to"), numbers=[0, 1, 2])
    for step in plan["steps"]:
        hours = said.span(str(step["hours"]["low"]), str(step["hours"]["high"]))
        gains = (said.points(step["gain"], signed=True), hours, said.points(10 * step["gain_per_hour"], signed=True))
        table.add_row(*gains, said.name(step["id"]), _state(said, step["from"]), _state(said, step["to"]))
    gain, bound = (said.points(plan[name], signed=True) for name in ("gain", "bound"))
    why = said.says("plan.best", gain=gain, hours=plan["hours"], bound=bound)
    return Group(table, Text(why, style="dim"))


def _learnt(said: Wording, name: str, gained: Document) -> tuple[str, ...]:
    """One row: what learning it all adds, in which hours, and in ten of them."""
    effort = gained["effort"]
    hours = said.span(str(effort["low"]), str(effort["high"])) if effort["middle"] else ""
    in_ten = said.points(10 * gained["gain_per_hour"], signed=True) if "gain_per_hour" in gained else ""
    return said.points(gained["gain"], signed=True), hours, in_ten, name


def credentials_tables(said: Wording, told: Document) -> RenderableType:
    """Specialisations and certifications with what learning what they consist of adds."""
    columns, numbers = ("points", "hours", "per_hours"), (0, 1, 2)
    specialisations = said.table(said.says("specialisations"), (*columns, "specialisation"), numbers)
    for one in told["specialisations"]:
        specialisations.add_row(*_learnt(said, one["name"], one))
    certifications = said.table(said.says("certifications"), (*columns, "certification", "issuer", "date"), numbers)
    for one in told["certifications"]:
        certifications.add_row(*_learnt(said, one["name"], one["evidences"]), one["issuer"], one["date"])
    note = Text(said.says("certifications.note"), style="dim")
    return Group(specialisations, Text(), certifications, note)


def _offers(said: Wording, told: Document, name: str) -> Table:
    columns = ("occupation", "distance", "resilience", "openings", "wage", "close")
    table = said.table(f"{said.says(f'qualified.{name}')}: {told['counts'][name]}", columns, numbers=[1, 2, 3, 4])
    for one in told[name]:
        resilience = "" if one["resilience"] is None else _percent(one["resilience"])
        openings = "" if one["openings"] is None else said.grouped(one["openings"])
        wage = "" if one["wage_usd"] is None else f"{said.grouped(one['wage_usd'])} USD"
        closed = [*one["gates"], *(["regulated"] if "regulated" in one else [])]
        gates = ", ".join(said.says(f"gate.{gate}") for gate in closed)
        gaps = said.says("gaps", count=len(one["gaps"])) + (f"; {gates}" if gates else "")
        table.add_row(one["title"], _percent(one["distance"]), resilience, openings, wage, gaps)
    return table


def qualification_tables(said: Wording, told: Document) -> RenderableType:
    """The best ten qualified for now, and nearly."""
    now, nearly = _offers(said, told, "now"), _offers(said, told, "nearly")
    return Group(now, Text(), nearly, Text(said.says("qualified.note"), style="dim"))


def signals_table(said: Wording, told: Document) -> RenderableType:
    """Signals beside the score."""
    table = said.table(said.says("signals"), ("date", "grade", "signal", "publisher"))
    for signal in told["signals"]:
        table.add_row(signal["date"], signal["grade"], signal["statement"], signal["publisher"])
    return table


def advice_documents(
    version: Version,
    answers: Document,
    *,
    hours_per_month: int,
    months: int,
    target: int | None = None,
    language: str = ENGLISH,
) -> Document:
    """All advice on one person by name; ``target`` in units, where one was named."""
    told: Document = {} if target is None else {"counterfactual": version.counterfactual(answers, target, language)}
    return {
        **told,
        "plan": version.plan(answers, hours_per_month, months, language),
        "forecast": version.forecast(answers, language),
        "qualification": version.qualification(answers, language=language),
        "signals": version.signals(language=language),
    }


def advice_report(said: Wording, told: Document) -> Group:
    """``advice_documents`` as a page for the terminal."""
    parts: list[RenderableType] = []
    if "counterfactual" in told:
        parts += [counterfactual_table(said, told["counterfactual"]), Text()]
    parts += [
        plan_table(said, told["plan"]),
        Text(),
        credentials_tables(said, told["plan"]),
        Text(),
        obsolescence_table(said, told["forecast"]["obsolescence"]),
        Text(),
        exposure_table(said, told["forecast"]["exposure"]),
        Text(),
        qualification_tables(said, told["qualification"]),
        Text(),
        signals_table(said, told["signals"]),
    ]
    return Group(*parts)
