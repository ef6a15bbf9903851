"""What a result looks like: the published worked example, drawn on the start page."""

from functools import cache
from typing import Any

from infra.charts.band import Banded, band
from infra.charts.chart import Caption, Chart
from infra.pages.visit import Visit
from services.methodology.version import load


@cache
def _scored() -> dict[str, Any]:
    version = load()
    return version.score(version.publication().example()).result()


def sample(visit: Visit) -> dict[str, object]:
    """Its score on the scale, whose it is, and whose the German name of that is."""
    version = load()
    title = version.name(version.publication().EXAMPLE, visit.language)
    return {
        "title": title,
        "chart": drawn(visit, _scored()["points"]),
        "attribution": version.attribution(visit.language),
    }


def drawn(visit: Visit, points: dict[str, int], name: str = "score", title: str = "") -> Chart:
    """A score and its band in whole points from 0 to 100; `name` and `title` tell it from others on a page."""
    _ = visit.says
    low, high = points["low"], points["high"]
    shown = str(low) if low == high else _("%(low)s to %(high)s", low=low, high=high)
    spread = _("%(low)s to %(high)s", low=points["band_low"], high=points["band_high"])
    caption = Caption(
        name,
        title or _("Score"),
        _("%(score)s of 100 points, with a band from %(band)s.", score=shown, band=spread),
        (_("Figure"), _("Points"), _("Band")),
    )
    marks = ((0, _("0 · weaker")), (50, "50"), (100, _("stronger · 100")))
    return band(caption, Banded(low, high, points["band_low"], points["band_high"], shown, spread), marks)
