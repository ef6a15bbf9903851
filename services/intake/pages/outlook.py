"""What may come: exposure of the work in named scenarios, and what stays current of each skill. Pure drawing."""

from collections.abc import Sequence
from typing import Any

from infra.charts.axes import Plane
from infra.charts.chart import Caption, Chart, Table
from infra.charts.fan import Band, Scenario, fan
from infra.charts.lines import MOST, Line, lines
from infra.pages.visit import Visit
from services.methodology.version import Version
from services.methodology.wording import Wording

Document = dict[str, Any]
_PERCENT = 100


def exposure_fan(visit: Visit, exposure: Document) -> Chart:
    """Exposure in use, in percent of the work: the pace of adoption as scenarios, what the tools can do as bands."""
    _ = visit.says
    years, found = exposure["years"], exposure["scenarios"]
    paces = {"fast": _("Fast adoption"), "middle": _("Adoption as it has been"), "slow": _("Slow adoption")}
    middle = found["beta"]
    scenarios = [
        Scenario(
            name,
            tuple(zip(years, middle[pace], strict=True)),
            tuple(_percent(visit, one) for one in middle[pace]),
        )
        for pace, name in paces.items()
    ]
    bands = [
        _band(visit, _("All assumptions together"), years, found["alpha"]["slow"], found["gamma"]["fast"]),
        _band(visit, _("Middle pace, all tools"), years, found["alpha"]["middle"], found["gamma"]["middle"]),
    ]
    caption = Caption(
        "exposure",
        _("Exposure of your work that is in use"),
        _(
            "From %(now)s of your work now to between %(low)s and %(high)s in five years.",
            now=_percent(visit, middle["middle"][0]),
            low=_percent(visit, bands[0].spans[-1][1]),
            high=_percent(visit, bands[0].spans[-1][2]),
        ),
        (_("Scenario"), *(_year(visit, year) for year in years)),
    )
    values = [(at * _PERCENT, visit.formats.percent(at * 10)) for at in (0, 25, 50, 75, 100)]
    on = Plane.of(values, [(year, _year(visit, year)) for year in years], _("Part of the work"))
    return fan(caption, scenarios, bands, on)


def half_lives(visit: Visit, version: Version, obsolescence: Document) -> list[Chart]:
    """What of each skill's level is still current if nothing is refreshed; several charts where there are many."""
    _ = visit.says
    held = [one for one in obsolescence["skills"] if one["level"]]
    years = obsolescence["years"]
    charts = []
    for start in range(0, len(held), MOST):
        drawn = [
            Line(
                version.name(one["id"], visit.language),
                tuple(zip(years, one["current_hundredths"], strict=True)),
                (
                    *(visit.formats.number(value, 2) for value in one["current_hundredths"]),
                    visit.formats.number(one["half_life_tenths"], 1),
                ),
            )
            for one in held[start : start + MOST]
        ]
        part, parts = start // MOST + 1, -(-len(held) // MOST)
        caption = Caption(
            f"skills-{part}",
            _("What stays current of your skills, %(part)s of %(parts)s", part=part, parts=parts),
            _("Level of each skill over five years if nothing is refreshed."),
            (_("Skill"), *(_year(visit, year) for year in years), _("Half-life in years")),
        )
        values = [(100 * level, str(level)) for level in range(5)]
        moments = [(year, _year(visit, year)) for year in years]
        charts.append(lines(caption, drawn, Plane.of(values, moments, _("Level, of 4"))))
    return charts


def activities(visit: Visit, words: Wording, exposure: Document) -> Table:
    """What shifts in each activity from now to the last year, at the middle pace, the largest first."""
    _ = visit.says
    of_many = len({one["occupation"] for one in exposure["activities"]}) > 1
    ordered = sorted(exposure["activities"], key=lambda one: (-one["share_per_mille"], one["id"]))
    rows = [
        (
            words.name(one["id"]) + (f" ({words.name(one['occupation'])})" if of_many else ""),
            visit.formats.percent(one["share_per_mille"]),
            *(_shift(visit, one, way) for way in ("assistance", "automation")),
        )
        for one in ordered
    ]
    shifts = (_("Assistance, now → in five years"), _("Automation, now → in five years"))
    return Table((_("Activity"), _("Of your work"), *shifts), tuple(rows))


def _shift(visit: Visit, activity: Document, way: str) -> str:
    middle = activity[way]["middle"]
    return "?" if activity["under_threshold"] else f"{_percent(visit, middle[0])} → {_percent(visit, middle[-1])}"


def shortfalls(visit: Visit, words: Wording, obsolescence: Document) -> Table:
    """Of each skill that one has: what the work asks, when it falls short of that, what refreshing it gains."""
    _ = visit.says
    rows = [
        (
            words.name(skill["id"]),
            str(asked["required"]) if asked else "–",
            _short(visit, words, asked) if asked else "–",
            *(words.points(skill["refresh_gain"][at], signed=True) for at in (0, -1)),
        )
        for skill in obsolescence["skills"]
        if skill["level"]
        for asked in _asked(skill)
    ]
    head = (_("Skill"), _("Level asked"), _("Falls short"), _("Refreshed now"), _("In five years"))
    return Table(head, tuple(rows))


def _asked(skill: Document) -> list[Document | None]:
    """The levels that are asked, each once; one line also where none is."""
    return list({one["required"]: one for one in reversed(skill["requirements"])}.values()) or [None]


def _short(visit: Visit, words: Wording, asked: Document) -> str:
    status = f"fading.{asked['status']}"
    return visit.formats.month(asked["month"]) if "month" in asked else words.says(status)


def market(visit: Visit, told: Document) -> Table:
    """Market signals with who reports them and how good the report is."""
    _ = visit.says
    rows = [
        (
            one["statement"],
            one["publisher"],
            visit.formats.month(one["date"]),
            f"{one['grade']}: {told['grades'][one['grade']]}",
        )
        for one in told["signals"]
    ]
    return Table((_("Report"), _("By"), _("Of"), _("Grade")), tuple(rows))


def _band(visit: Visit, name: str, years: Sequence[int], low: Sequence[int], high: Sequence[int]) -> Band:
    spans = tuple(zip(years, low, high, strict=True))
    return Band(name, spans, tuple(f"{_percent(visit, least)} – {_percent(visit, most)}" for _, least, most in spans))


def _year(visit: Visit, year: int) -> str:
    _ = visit.says
    return _("now") if year == 0 else _("+1 year") if year == 1 else _("+%(years)s years", years=year)


def _percent(visit: Visit, parts: int) -> str:
    """Parts of 10,000 as whole percent."""
    return visit.formats.percent((parts + 50) // 100 * 10)
