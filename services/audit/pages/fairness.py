"""Whether groups reach scores above the median as often as others do: asked with a purpose, drawn and in a table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from infra.charts.bars import Bar, bars
from infra.charts.chart import Caption, Chart, Table
from infra.clock import now
from infra.http.problems import unavailable
from infra.keys.client import KeysUnavailable
from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.fairness import CROSSED
from services.audit.acts import Acts
from services.audit.officers.register import Officer
from services.audit.pages import periods
from services.audit.pages.desk import Desk
from services.audit.statistics.day_counts import DayCounts
from services.audit.statistics.fairness import LEAST_PEOPLE, Compared
from services.audit.statistics.group_scores import (
    Attribute,
    GroupScores,
    deviations_hundredths,
    group_scores,
    scaled,
)
from services.audit.statistics.histograms import GROUPS
from services.audit.statistics.windows import rounded

_NONE = "–"


@dataclass(frozen=True, slots=True)
class Shown:
    """One attribute: its chart, None where no group may be told of, and in words what stands out and what is left
    out.
    """

    name: str
    untold: int
    chart: Chart | None
    striking: tuple[str, ...]
    suppressed: tuple[str, ...]


class FairnessPages:
    """The handlers."""

    def __init__(self, site: Site, desk: Desk, counts: DayCounts, acts: Acts) -> None:
        self._site = site
        self._desk = desk
        self._counts = counts
        self._acts = acts

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/fairness", self._desk.needing("read", self.form)),
            self._desk.form(self._site, "/fairness", "read", self.ask, self.form),
        ]

    async def form(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """What may be asked."""
        return await self._page(visit, officer)

    async def ask(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """The comparison, once the question is recorded."""
        window, mistakes = periods.span(visit, now().date())
        mistakes |= periods.purpose(visit)
        if window is None or mistakes:
            visit.form = visit.form.wrong(mistakes)
            return await self._page(visit, officer, status=422)
        tenant = visit.form.get("organisation")
        asked = f"fairness of {tenant} from {window.start} to {window.end}"
        await periods.recorded(self._acts, visit, officer, asked)
        try:
            return await self._page(visit, officer, found=await group_scores(self._counts, tenant, window))
        except KeysUnavailable:
            raise unavailable("The consent service") from None

    async def _page(
        self, visit: Visit, officer: Officer, *, found: GroupScores | None = None, status: int = 200
    ) -> web.Response:
        return visit.page(
            "fairness.html",
            status=status,
            officer=officer,
            organisations=await periods.organisations(visit, self._counts),
            spans=periods.spans(visit),
            found=found,
            shown=[] if found is None else [_shown(visit, one) for one in found.attributes],
            least=LEAST_PEOPLE,
        )


def _shown(visit: Visit, one: Attribute) -> Shown:
    names, told = _groups(visit)[one.by], [group for group in one.groups if isinstance(group, Compared)]
    suppressed = tuple(names[group.group] for group in one.groups if not isinstance(group, Compared))
    best = next((names[group.group] for group in told if group.deviations_squared is None), "")
    striking = tuple(_striking(visit, group, names[group.group], best) for group in told if group.below_four_fifths)
    chart = _chart(visit, one.by, told, names) if told else None
    return Shown(_attributes(visit)[one.by], one.untold, chart, striking, suppressed)


def _striking(visit: Visit, group: Compared, name: str, best: str) -> str:
    ratio = visit.formats.percent(scaled(group.ratio, 1000) or 0)
    if group.beyond_two_deviations:
        return visit.says(
            "%(group)s: %(ratio)s of the rate of %(best)s. That is below four fifths, and more than chance.",
            group=name,
            ratio=ratio,
            best=best,
        )
    return visit.says(
        "%(group)s: %(ratio)s of the rate of %(best)s. That is below four fifths, but may be chance.",
        group=name,
        ratio=ratio,
        best=best,
    )


def _chart(visit: Visit, by: str, told: list[Compared], names: Mapping[str, str]) -> Chart:
    _, formats = visit.says, visit.formats
    caption = Caption(
        f"rates-{by}",
        _attributes(visit)[by],
        _("How many of each group have a score above the median of all who are counted."),
        (
            _("Group"),
            _("People, about"),
            _("Scoring rate"),
            _("Impact ratio"),
            _("|Z|"),
            _("Fisher's p"),
            _("Gap of the mean, in points"),
        ),
    )
    rates = [scaled(one.rate, 1000) or 0 for one in told]
    drawn = [
        Bar(names[one.group], rate, formats.percent(rate), kind="f2" if one.below_four_fifths else "f1")
        for one, rate in zip(told, rates, strict=True)
    ]
    rows = tuple((names[one.group], *_cells(visit, one)) for one in told)
    return replace(bars(caption, drawn, 1000), table=Table(caption.head, rows))


def _cells(visit: Visit, one: Compared) -> tuple[str, ...]:
    formats = visit.formats

    def told(value: int | None, decimals: int, *, signed: bool = False) -> str:
        return _NONE if value is None else formats.number(value, decimals, signed=signed)

    return (
        formats.number(rounded(one.people)),
        formats.percent(scaled(one.rate, 1000) or 0),
        told(scaled(one.ratio, 100), 2),
        told(deviations_hundredths(one.deviations_squared), 2),
        told(scaled(one.rarity, 10_000), 4),
        told(scaled(one.gap, 10), 1, signed=True),
    )


def _attributes(visit: Visit) -> dict[str, str]:
    _ = visit.says
    return {
        "sex": _("By sex"),
        "age": _("By age"),
        CROSSED: _("By sex and age"),
        "break": _("By career break"),
    }


def _groups(visit: Visit) -> dict[str, dict[str, str]]:
    _ = visit.says
    said: dict[str, Any] = {
        "female": _("women"),
        "male": _("men"),
        "another": _("another sex"),
        "under-25": _("under 25"),
        "65-or-over": _("65 or over"),
        "told": _("a career break"),
        "none": _("no career break"),
    }
    names = {by: {one: said.get(one, one.replace("-", "–")) for one in groups} for by, groups in GROUPS.items()}
    both = [f"{sex}, {age}" for sex in names["sex"].values() for age in names["age"].values()]
    return {**names, CROSSED: dict(zip(GROUPS[CROSSED], both, strict=True))}
