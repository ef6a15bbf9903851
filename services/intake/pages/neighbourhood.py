"""Occupations near one's own as a map, and the way to a farther one drawn move by move. Pure drawing."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, count
from typing import Any

from infra.charts.chart import Caption, Chart
from infra.charts.ways import Here, Place, ways
from infra.pages.visit import Visit
from services.intake.pages.own import Opened
from services.methodology.wording import Wording
from services.methodology.work_report import gap

Document = dict[str, Any]
MOST_GAPS = 5
_KINDS = {"now": "f1", "nearly": "f2"}


def near(visit: Visit, opened: Opened, groups: Mapping[str, Sequence[Document]]) -> Chart:
    """Each occupation by what is missing and by its exposure, under its number in the lists.

    One whose exposure nobody has measured stands in the list alone.
    """
    _ = visit.says
    places = list(_places(visit, groups))
    caption = Caption(
        "paths",
        _("Occupations near yours"),
        _("Each dot is an occupation: the farther right, the more is missing; the higher, the less exposed."),
        (_("Occupation"), _("State"), _("Distance"), _("Resilience of its tasks, of 100")),
    )
    return ways(caption, _here(visit, opened), places, max((one.far for one in places), default=1))


def way_there(visit: Visit, opened: Opened, moves: Sequence[Document]) -> Chart:
    """The moves one after the other; a move whose exposure nobody has measured stays as high as the one before."""
    _ = visit.says
    here = _here(visit, opened)
    far = list(accumulate(one["distance"] for one in moves))
    highs = accumulate((one["resilience"] for one in moves), _or_as_before, initial=here.high)
    next(highs)
    places = [
        Place(
            number,
            reached,
            high,
            "f1" if reached == far[-1] else "f2",
            (one["title"], visit.formats.number(one["distance"]), _hundred(visit, one["resilience"])),
        )
        for number, one, reached, high in zip(count(1), moves, far, highs)
    ]
    caption = Caption(
        "way",
        _("The way there"),
        _("Each dot is a move: the farther right, the more was learnt on the way; the higher, the less exposed."),
        (_("Occupation"), _("Distance of this move"), _("Resilience of its tasks, of 100")),
    )
    return ways(caption, here, places, far[-1], onward=True)


def told_of(visit: Visit, words: Wording, one: Document) -> list[str]:
    """What is known of an occupation, what it asks beyond what is there, and what stands before it."""
    _, formats = visit.says, visit.formats
    figures = [_("%(part)s missing", part=formats.percent((one["distance"] + 50) // 100 * 10))]
    if one["resilience"] is None:
        figures.append(_("no figure of its resilience"))
    else:
        figures.append(_("resilience %(value)s of 100", value=_hundred(visit, one["resilience"])))
    if one.get("openings"):
        figures.append(_("%(count)s openings a year, United States", count=formats.number(one["openings"])))
    if one.get("wage_usd"):
        figures.append(_("%(wage)s a year, United States", wage=formats.money(100 * one["wage_usd"], "USD")))
    lines = [" · ".join(figures)]
    if gaps := one["gaps"][:MOST_GAPS]:
        listed = "; ".join(gap(words, each) for each in gaps)
        more = len(one["gaps"]) - len(gaps)
        lines.append(
            _("To close, there → asked: %(gaps)s; and %(more)s more", gaps=listed, more=more)
            if more
            else _("To close, there → asked: %(gaps)s", gaps=listed)
        )
    names = {"job_zone": _("more preparation"), "education": _("more education")}
    if gates := [names.get(name, name) for name in one.get("gates", ())]:
        lines.append(_("It also asks for: %(gates)s", gates=", ".join(gates)))
    if "regulated" in one:
        lines.append(_("Often regulated: a licence or examination may be needed."))
    return lines


def _places(visit: Visit, groups: Mapping[str, Sequence[Document]]) -> Iterator[Place]:
    _ = visit.says
    states = {"now": _("qualified now"), "nearly": _("nearly qualified")}
    numbered = enumerate(((name, one) for name, listed in groups.items() for one in listed), 1)
    for number, (name, one) in numbered:
        if one["resilience"] is not None:
            told = (visit.formats.number(one["distance"]), _hundred(visit, one["resilience"]))
            cells = (one["title"], states[name], *told)
            yield Place(number, one["distance"], one["resilience"], _KINDS[name], cells)


def _here(visit: Visit, opened: Opened) -> Here:
    _ = visit.says
    value = opened.result["dimensions"][0]["value"]
    return Here((value["low"] + value["high"]) // 20_000, _("You"), _("farther →"), _("↑ less exposed"))


def _or_as_before(before: int, measured: int | None) -> int:
    return before if measured is None else measured


def _hundred(visit: Visit, parts: int | None) -> str:
    return "–" if parts is None else visit.formats.number((parts + 50) // 100)
