"""Render other work for a terminal: occupations near by with what they ask, and the way to a farther one."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from services.methodology.wording import Wording

Document = dict[str, Any]

GAPS_SHOWN = 6


def _figures(said: Wording, one: Document) -> str:
    """What is known of an occupation, in the order in which they are ranked."""
    told = [said.says("work.missing", percent=said.percent(one["distance"]))]
    if "difference" in one:
        told.append(said.says("work.differs", percent=said.percent(one["difference"])))
    resilience = one["resilience"]
    told.append(
        said.says("work.unrated")
        if resilience is None
        else said.says("work.resilience", percent=said.percent(resilience))
    )
    if one["openings"] is not None:
        told.append(said.says("work.openings", count=said.grouped(one["openings"])))
    if one["wage_usd"] is not None:
        told.append(f"{said.grouped(one['wage_usd'])} USD")
    return ", ".join(told)


def _level(said: Wording, gap: Document, end: str) -> str:
    """A level as it was answered, or on O*NET's scale of 0 to 7 where it is typical."""
    level = gap[end]
    return str(level) if gap["scale"] == "levels" else said.decimal(f"{level // 100}.{level % 100:02d}")


def gap(said: Wording, one: Document) -> str:
    """What is there and what is asked of one element; what is typical of the own occupation is marked."""
    levels = {end: _level(said, one, end) for end in ("level", "required")}
    return said.says(f"gap.{one['basis']}", name=said.name(one["id"]), **levels)


def _terms(said: Wording, one: Document, shown: int | None) -> Iterator[str]:
    """Below an occupation: every gap or the weightiest, and what stands beyond skills."""
    gaps = one["gaps"][:shown]
    if gaps:
        more = len(one["gaps"]) - len(gaps)
        rest = f"; {said.says('gaps.more', count=more)}" if more else ""
        yield said.says("gaps", gaps="; ".join(gap(said, each) for each in gaps)) + rest
    if one["gates"]:
        yield said.says("gates", gates=", ".join(said.says(f"gate.{gate}") for gate in one["gates"]))
    if "regulated" in one:
        yield said.says("regulated", profession=one["regulated"]["profession"])


def _listed(said: Wording, offers: Sequence[Document], *, shown: int | None = None) -> Iterator[RenderableType]:
    for number, one in enumerate(offers, 1):
        yield Text(f"{number:2}. {one['title']}", style="bold")
        yield Padding(Text(_figures(said, one)), (0, 0, 0, 4))
        for line in _terms(said, one, shown):
            yield Padding(Text(line, style="dim"), (0, 0, 0, 4))


def qualification_page(said: Wording, told: Document) -> RenderableType:
    """The best ten that knowledge and skills suffice for now, and nearly, and those too little measured to say."""
    parts: list[RenderableType] = []
    for name in ("now", "nearly"):
        count, listed = told["counts"][name], len(told[name])
        of = said.says("qualified.first", listed=listed) if listed < count else ""
        parts.append(Text(f"{said.says(f'qualified.{name}', count=count)}{of}", style="italic"))
        parts += [*_listed(said, told[name], shown=GAPS_SHOWN), Text()]
    few = told["too_little_measured"]
    if few:
        titles = "; ".join(one["title"] for one in few)
        counts = {"count": told["counts"]["too_little_measured"], "least": told["thresholds"]["needs_least"]}
        parts.append(Text(said.says("qualified.unmeasured", titles=titles, **counts)))
    return Group(*parts, Text(said.says("qualified.note"), style="dim"))


def path_page(said: Wording, told: Document) -> RenderableType:
    """The shortest way to one occupation with everything that each move asks for."""
    aim = said.name(told["target"])
    if told["target"] in told["occupations"]:
        return Text(said.says("path.own", aim=aim))
    if not told["found"]:
        key = "path.none" if told["measured"] else "path.unmeasured"
        return Group(Text(said.says(key, aim=aim)), *_listed(said, [told["direct"]]))
    moves = told["moves"]
    key = "path.one" if len(moves) == 1 else "path"
    head = said.says(key, aim=aim, count=len(moves))
    return Group(Text(head, style="italic"), *_listed(said, moves), Text(said.says("path.note"), style="dim"))


def signals_table(said: Wording, told: Document) -> RenderableType:
    """Signals beside the score."""
    table = said.table(said.says("signals"), ("date", "grade", "signal"))
    for signal in told["signals"]:
        table.add_row(signal["date"], signal["grade"], f"{signal['statement']} ({signal['publisher']})")
    grades = {signal["grade"] for signal in told["signals"]}
    meanings = "; ".join(f"{grade}: {told['grades'][grade]}" for grade in sorted(grades))
    return Group(table, Text(meanings, style="dim"))
