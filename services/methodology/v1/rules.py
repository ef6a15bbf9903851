"""What version 1 provides, in the form of ``services.methodology.rules.Rules``."""

from collections import Counter
from functools import cache
from typing import Any

from services.methodology.rules import OccupationEntry
from services.methodology.v1.advice.career_path import career_path
from services.methodology.v1.advice.counterfactual import counterfactual
from services.methodology.v1.advice.exposure import exposure
from services.methodology.v1.advice.income_architecture import income_architecture
from services.methodology.v1.advice.obsolescence import obsolescence
from services.methodology.v1.advice.profiles import profiles
from services.methodology.v1.advice.qualification import qualification
from services.methodology.v1.advice.signals import signals
from services.methodology.v1.advice.study_plan import study_plan
from services.methodology.v1.check import findings
from services.methodology.v1.documents import all_of, detail, result, trail
from services.methodology.v1.engine import Scored, score
from services.methodology.v1.names import attribution, name, titles
from services.methodology.v1.published import published
from services.methodology.v1.questionnaire import questionnaire
from services.methodology.v1.tables import tables
from services.methodology.v1.text import LANGUAGES, limits, texts

__all__ = [
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
    "published",
    "qualification",
    "questionnaire",
    "result",
    "score",
    "signals",
    "study_plan",
    "texts",
    "titles",
    "trail",
    "warm",
]


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
    profiles()
