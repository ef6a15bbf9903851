"""What version 1 provides, in the form of ``services.methodology.rules.Rules``: its core, worded and with advice."""

from collections import Counter
from functools import cache
from typing import Any

from services.methodology.finding import Finding, Refused
from services.methodology.rules import OccupationEntry
from services.methodology.v1 import check, engine
from services.methodology.v1.advice.career_path import career_path, onward
from services.methodology.v1.advice.counterfactual import counterfactual
from services.methodology.v1.advice.exposure import exposure
from services.methodology.v1.advice.income_architecture import income_architecture
from services.methodology.v1.advice.obsolescence import obsolescence
from services.methodology.v1.advice.qualification import qualification
from services.methodology.v1.advice.signals import signals
from services.methodology.v1.advice.study_plan import study_plan
from services.methodology.v1.documents import all_of, detail, result, trail
from services.methodology.v1.engine import Scored, Unscorable
from services.methodology.v1.names import attribution, name
from services.methodology.v1.questionnaire import questionnaire
from services.methodology.v1.tables import tables
from services.methodology.v1.text import LANGUAGES, finding, limits, texts

EDITION = "2026-11-30"
"""Whoever changes a word or a table of the advice dates it anew; no result and no comparison depends on it."""

__all__ = [
    "EDITION",
    "LANGUAGES",
    "all_of",
    "attribution",
    "career_path",
    "counterfactual",
    "detail",
    "findings",
    "forecast",
    "income_architecture",
    "limits",
    "name",
    "occupations",
    "qualification",
    "questionnaire",
    "result",
    "score",
    "signals",
    "study_plan",
    "texts",
    "trail",
    "warm",
]


def findings(answers: dict[str, Any], language: str = "en") -> list[Finding]:
    """All findings on answers of the right form, in the order of the document; empty where they can be scored."""
    return [finding(one, language) for one in check.findings(answers)]


def score(answers: dict[str, Any], language: str = "en") -> Scored:
    """Score one assessment; raises ``Refused`` with every finding where the answers cannot be scored."""
    try:
        return engine.score(answers)
    except Unscorable as error:
        raise Refused([finding(one, language) for one in error.wrong]) from None


def forecast(scored: Scored, language: str = "en") -> dict[str, Any]:
    """How exposed the work will be, and what will still be current of each skill."""
    return {"exposure": exposure(scored, language), "obsolescence": obsolescence(scored)}


@cache
def occupations() -> tuple[OccupationEntry, ...]:
    """Every occupation that gets a score or an interval, by code."""
    known = tables().occupations.values()
    sharing = Counter(one.market_soc for one in known)
    return tuple(
        OccupationEntry(one.code, one.title, one.status, one.employment // sharing[one.market_soc]) for one in known
    )


def warm() -> None:
    """Read every table now, so that nobody who asks has to wait for it."""
    onward()
