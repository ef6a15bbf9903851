"""Render forecasts for a terminal: what stays current of each skill, and how exposed the work is."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.methodology.wording import Wording

Document = dict[str, Any]

ACTIVITIES_SHOWN = 10
SPEEDS = ("slow", "middle", "fast")


def obsolescence_table(said: Wording, told: Document) -> RenderableType:
    """What is still current of each skill in 1, 3 and 5 years if nothing is refreshed, against what is asked."""
    columns = ("skill", "now", "+1", "+3", "+5", "required", "short", "refreshing")
    table = said.table(said.says("fading"), columns, numbers=[1, 2, 3, 4, 5, 7])
    for skill in told["skills"]:
        levels = [said.decimal(f"{one // 100}.{one % 100:02d}") for one in skill["current_hundredths"]]
        gain = said.points(skill["refresh_gain"][0], signed=True)
        first, *others = _asked(said, skill["requirements"])
        table.add_row(said.name(skill["id"]), *levels, *first[1:], gain)
        for occupation, required, when in others:
            table.add_row(said.says("fading.as", occupation=occupation), *[""] * 4, required, when, "")
    path = "; ".join(f"{point['month']} {said.points(point['score']['low'])}" for point in told["path"])
    notes = (said.says("fading.path", path=path), said.says("fading.note"))
    return Group(table, *(Text(note, style="dim") for note in notes))


def _asked(said: Wording, requirements: list[Document]) -> list[tuple[str, str, str]]:
    """Of each occupation that asks for another level: its name, the level, and when the skill falls short of it."""
    met: dict[int, tuple[str, str, str]] = {}
    for one in requirements:
        when = one.get("month") or said.says(f"fading.{one['status']}")
        met.setdefault(one["required"], (said.name(one["occupation"]), str(one["required"]), when))
    return list(met.values())


def exposure_table(said: Wording, told: Document) -> RenderableType:
    """Exposure of the portfolio by scenario and speed, and of each activity what shifts."""
    scenarios = said.table(said.says("exposure"), ("tools", "speed", *told["months"]), numbers=range(2, 6))
    for name, scenario in told["scenarios"].items():
        for speed in SPEEDS:
            tools = said.says(f"tools.{name}") if speed == SPEEDS[0] else ""
            scenarios.add_row(tools, said.says(f"speed.{speed}"), *map(said.percent, scenario[speed]))
    notes = [Text(said.says(key), style="dim") for key in ("tools.note", "activities.note")]
    return Group(scenarios, notes[0], Text(), _activities(said, told), notes[1])


def _activities(said: Wording, told: Document) -> Table:
    heads = ("share", "assistance", "automation", "activity")
    title = said.says("activities", month=told["months"][-1])
    activities = said.table(title, heads, numbers=[0, 1, 2])
    for one in sorted(told["activities"], key=lambda one: (-one["share_per_mille"], one["id"]))[:ACTIVITIES_SHOWN]:
        shifts = [said.percent(one[way]["middle"][-1]) for way in ("assistance", "automation")]
        shown = ["?", "?"] if one["under_threshold"] else shifts
        share = said.decimal(f"{one['share_per_mille'] / 10:.1f}")
        activities.add_row(f"{share} %", *shown, said.name(one["id"]))
    return activities
