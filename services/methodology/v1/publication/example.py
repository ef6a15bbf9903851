"""A worked example that a reader can follow with a pocket calculator; every figure comes from the engine."""

from typing import Any

from schemas.points import rounded, written
from services.methodology.v1 import definition as d
from services.methodology.v1.engine import Scored
from services.methodology.v1.publication import worked, worked_band
from services.methodology.v1.publication.score_page import table_of
from services.methodology.v1.publication.specimen import specimen
from services.methodology.v1.publication.worked import Document, grouped
from services.methodology.v1.tables import tables
from services.methodology.v1.uncertainty import reference_errors
from services.methodology.version import Version

CODE = "27-3042.00"
INCOME = {
    "currency": "EUR",
    "largest_source": 240_000,
    "sources_total": 300_000,
    "expenses": 200_000,
    "reserve": 500_000,
    "months_covered": 11,
}


def answers() -> dict[str, Any]:
    """A technical writer with the typical mix of work."""
    given = specimen("worked example/41", codes=(CODE,))
    given.pop("activities", None)
    return given


def _sum(version: Version, told: Document) -> list[str]:
    rows = [
        (
            version.text(f"dimension.{one['id']}"),
            str(one["weight"]),
            grouped(one["value"]["low"]),
            grouped(one["weight"] * one["value"]["low"]),
        )
        for one in told["dimensions"]
    ]
    score, band = told["score"]["low"], told["band"]
    return [
        "**The score.** The dimensions, in parts of 10⁸:",
        table_of(
            ("dimension", "weight", "value", "weight · value"),
            [*rows, ("**sum**", "100", "", f"**{grouped(score)}**")],
        ),
        f"{grouped(score)} units are {written(score)} points, shown as **{rounded(score)}** with the band "
        f"**{rounded(band['low'])} to {rounded(band['high'])}**. A later score under this version and occupation would be "
        f"called different from {written(told['detectable_change'])} points on.",
    ]


def _band(scored: Scored, told: Document) -> list[str]:
    """The mix is untouched, so its error is the larger one."""
    return worked_band.band(told, [d.SEM_TYPICAL_MIX, *d.SEM[1:]], reference_errors(scored.plan.portfolio))


def _with_income(version: Version) -> list[str]:
    """The same person under ``core+income``."""
    scored = version.score({**answers(), "profile": d.CORE_INCOME, "income": INCOME})
    told = scored.trail()["explanations"][1]
    return [
        "### With income",
        "3,000 euros a month from all sources, 2,400 of them from the largest, 2,000 of expenses, a reserve of 5,000 and 11 "
        "covered months. The other six dimensions stay as they are.",
        *worked.income(told),
        *_sum(version, told),
        *_band(scored.parts, told),
        "The two scores are not compared.",
    ]


def section(version: Version) -> str:
    """The section of the score's page."""
    scored = version.score(answers())
    told = scored.detail()["explanation"]
    return "\n\n".join(
        [
            "## A worked example",
            f"A generated person, {version.name(CODE)} ({CODE}), with the typical mix of work. It can be followed with a pocket "
            "calculator: all numbers are whole, `/` is a division and `√` a root of which only the whole part counts.",
            *worked.tasks(told, tables().occupations[CODE]),
            *worked.skills(told),
            *worked.behaviours(told, "ai", version.text("dimension.ai")),
            *worked.behaviours(told, "learning", version.text("dimension.learning")),
            *worked.market(told),
            *worked.transfer(told),
            *_sum(version, told),
            *worked.contributions(told),
            *worked_band.shared(told),
            *_band(scored.parts, told),
            *_with_income(version),
        ]
    )
