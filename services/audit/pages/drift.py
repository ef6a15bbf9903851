"""Whether scores and answers lie as they did before: two periods, asked with a purpose, drawn and in tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from infra.charts.axes import Plane
from infra.charts.bars import Bar, bars
from infra.charts.chart import Caption, Chart
from infra.charts.lines import Line, lines
from infra.charts.scale import ticks
from infra.clock import now
from infra.http.problems import unavailable
from infra.keys.client import KeysUnavailable
from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.statistics import MAJOR_GROUPS
from services.audit.acts import Acts
from services.audit.officers.register import Officer
from services.audit.pages import periods
from services.audit.pages.desk import Desk
from services.audit.statistics.day_counts import DayCounts
from services.audit.statistics.drift import OBSERVED, Drift, drift, observed
from services.audit.statistics.histograms import SCORES
from services.audit.statistics.joined_cells import Joined, joined
from services.audit.statistics.stability import LEAST_PEOPLE, WIDTH
from services.audit.statistics.windows import Window, usual_windows

_FARTHEST = 500
"""Thousandths of the index that are drawn at least: twice what is called a drift."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The comparison: the indices, and the distributions of the scores and of all answers that moved."""

    found: Drift
    indices: Chart | None
    distributions: tuple[Chart, ...]


class DriftPages:
    """The handlers."""

    def __init__(self, site: Site, desk: Desk, counts: DayCounts, acts: Acts) -> None:
        self._site = site
        self._desk = desk
        self._counts = counts
        self._acts = acts

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/drift", self._desk.needing("read", self.form)),
            self._desk.form(self._site, "/drift", "read", self.ask, self.form),
        ]

    async def form(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """What may be asked."""
        return await self._page(visit, officer)

    async def ask(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """The comparison, once the question is recorded."""
        current, reference, mistakes = _windows(visit)
        mistakes |= periods.purpose(visit)
        if mistakes:
            visit.form = visit.form.wrong(mistakes)
            return await self._page(visit, officer, status=422)
        tenant = visit.form.get("organisation")
        asked = f"drift of {tenant} from {current.start} to {current.end}, {reference.start} to {reference.end}"
        await periods.recorded(self._acts, visit, officer, asked)
        try:
            found = await drift(self._counts, tenant, current, reference)
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        return await self._page(visit, officer, shown=_shown(visit, found))

    async def _page(
        self, visit: Visit, officer: Officer, *, shown: Shown | None = None, status: int = 200
    ) -> web.Response:
        return visit.page(
            "drift.html",
            status=status,
            officer=officer,
            organisations=await periods.organisations(visit, self._counts),
            spans=[
                ("usual", visit.says("the last 7 days, against the 90 before them")),
                ("own", visit.says("the days below")),
            ],
            shown=shown,
            verdicts=_verdicts(visit),
            scores=SCORES,
            least=LEAST_PEOPLE,
        )


def _windows(visit: Visit) -> tuple[Window, Window, dict[str, str]]:
    """Both periods, which hold where there are no mistakes."""
    current, reference = usual_windows(now().date())
    if visit.form.get("span") == "usual":
        return current, reference, {}
    asked, mistakes = periods.own_days(visit, "from", "to")
    before, others = periods.own_days(visit, "reference-from", "reference-to")
    return asked or current, before or reference, mistakes | others


def _shown(visit: Visit, found: Drift) -> Shown:
    told = {name: one for name, one in found.stability.items() if one.index_thousandths is not None}
    moved = [name for name, one in told.items() if name == SCORES or one.verdict in ("moved", "drifted")]
    distributions = tuple(_distribution(visit, found, name) for name in moved)
    return Shown(found, _indices(visit, found) if told else None, distributions)


def _indices(visit: Visit, found: Drift) -> Chart:
    _ = visit.says
    caption = Caption(
        "indices",
        _("Population stability index"),
        _("How far each distribution lies from the reference: from 0.1 on it has moved, from 0.25 on drifted."),
        (_("Of what"), _("Index"), _("What that means")),
    )
    names, verdicts = _names(visit), _verdicts(visit)
    rows = [
        Bar(
            names[name],
            one.index_thousandths,
            visit.formats.number(one.index_thousandths, 3),
            band=verdicts[one.verdict],
            kind="f2" if one.verdict == "drifted" else "f1",
        )
        for name, one in found.stability.items()
        if one.index_thousandths is not None
    ]
    return bars(caption, rows, max(_FARTHEST, *(row.value for row in rows)))


def _distribution(visit: Visit, found: Drift, name: str) -> Chart:
    """Both periods' shares of people in cells, joined until nobody can be made out in one."""
    _ = visit.says
    together = joined(observed(found.counted, name), observed(found.reference_counted, name))
    cells = [_label(_cells(visit, name), one) for one in together]
    caption = Caption(
        f"shares-{name.partition('/')[2] or name}",
        _names(visit)[name],
        _("The share of people in each cell, in the period and in the reference; small cells are joined."),
        (_("Period"), *cells),
    )
    drawn = [
        _line(visit, label, [one.people[period] for one in together])
        for period, label in enumerate((_("the period"), _("the reference")))
    ]
    last = len(cells) - 1
    marked = sorted({0, last // 2, last})
    highest = max(share for line in drawn for _, share in line.points)
    shares = [(10 * share, visit.formats.percent(10 * share)) for share in ticks(0, max(10, -(-highest // 100) * 10))]
    on = Plane.of(shares, [(cell, cells[cell]) for cell in marked], _("Share of people"))
    return lines(caption, drawn, on)


def _line(visit: Visit, label: str, counts: Sequence[int]) -> Line:
    people = sum(counts)
    shares = [10 * ((200 * count + people) // (2 * people)) for count in counts]
    return Line(label, tuple(enumerate(shares)), tuple(visit.formats.percent(share) for share in shares))


def _label(cells: Sequence[str], one: Joined) -> str:
    """`20–29` and `30–39` joined are `20–39`."""
    if one.first == one.last:
        return cells[one.first]
    return f"{cells[one.first].partition('–')[0]}–{cells[one.last].rpartition('–')[2]}"


def _cells(visit: Visit, name: str) -> tuple[str, ...]:
    """What each cell of a histogram is called."""
    _ = visit.says
    levels = ("0", "1", "2", "3", "4")
    unanswered = _("none")
    own: dict[str, tuple[str, ...]] = {
        SCORES: tuple(f"{low}–{low + WIDTH - 1 if low < 90 else 100}" for low in range(0, 100, WIDTH)),
        "answers/occupation": (unanswered, *(str(group) for group in MAJOR_GROUPS)),
        "answers/tasks": (unanswered, _("as typical"), "≤ ¼", "≤ ½", "> ½"),
        "answers/recency": (unanswered, "< 6", "6–11", "12–23", "24–47", "≥ 48"),
    }
    return own.get(name, (unanswered, *levels))


def _names(visit: Visit) -> dict[str, str]:
    _ = visit.says
    said: dict[str, Any] = {
        SCORES: _("Displayed scores"),
        "answers/occupation": _("Occupations, by major group of the SOC"),
        "answers/tasks": _("Tasks that differ from typical, as a part of all"),
        "answers/skills": _("Mean level of the skills"),
        "answers/recency": _("Mean months since the skills were refreshed"),
        "answers/knowledge": _("Mean level of the knowledge"),
        "answers/ai": _("How often AI is used"),
        "answers/learning": _("How often something is learned"),
    }
    return {name: said[name] for name in OBSERVED}


def _verdicts(visit: Visit) -> dict[str, str]:
    _ = visit.says
    return {
        "too-few": _("too few people to tell"),
        "stable": _("as before, or no more than chance"),
        "moved": _("has moved"),
        "drifted": _("has drifted"),
    }
