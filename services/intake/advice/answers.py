"""What a person may be told beyond the score: pure functions of the answers, the version and the question."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schemas.advice import RANKINGS, CounterfactualQuestion, PathQuestion, PlanQuestion, QualificationQuestion
from schemas.decoding import Decoder
from schemas.faults import Fault, Faulty
from schemas.fields import Strict
from schemas.points import UNITS_PER_POINT
from services.intake.occupations import misfits
from services.methodology.version import Version

Document = dict[str, Any]
Give = Callable[[Version, Document, Document, str], Document]
"""From version, answers, question and language."""

HOURS_PER_MONTH = 10
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Advice:
    """One kind of advice. `question` is what can be asked; `unasked` whether it has an answer without."""

    give: Give
    question: Decoder[Any] | None = None
    unasked: bool = True


def _decoder(schema: type[Strict]) -> Decoder[Any]:
    return Decoder(schema)


def forecast(version: Version, answers: Document, _: Document, language: str) -> Document:
    """Exposure of the work and what is still current of each skill, in 1, 3 and 5 years."""
    return version.forecast(answers, language)


def plan(version: Version, answers: Document, asked: Document, language: str) -> Document:
    """The best use of the hours there are: 10 a month for a year where nothing else is asked."""
    return version.plan(answers, asked.get("hours_per_month", HOURS_PER_MONTH), asked.get("months", MONTHS), language)


def counterfactual(version: Version, answers: Document, asked: Document, language: str) -> Document:
    """The smallest change that reaches the target, or the nearest score that is told as a rise."""
    target = asked["target"] * UNITS_PER_POINT if "target" in asked else None
    return version.counterfactual(answers, target, language)


def qualification(version: Version, answers: Document, asked: Document, language: str) -> Document:
    """For which occupations knowledge and skills suffice now, nearly and not yet; no licence, no degree."""
    return version.qualification(answers, asked.get("ranked_by", RANKINGS[0]), language)


def career_path(version: Version, answers: Document, asked: Document, language: str) -> Document:
    """The shortest way to an occupation. Raises Faulty where there is no profile of it."""
    code = asked["occupation"]
    try:
        return version.career_path(answers, code, language)
    except LookupError:
        right = misfits(version, [code], language) or [
            "Its figures are too few for a profile; another occupation has one."
        ]
        raise Faulty([Fault("/occupation", one) for one in right]) from None


ADVICE: dict[str, Advice] = {
    "forecast": Advice(forecast),
    "plan": Advice(plan, _decoder(PlanQuestion)),
    "counterfactual": Advice(counterfactual, _decoder(CounterfactualQuestion)),
    "qualification": Advice(qualification, _decoder(QualificationQuestion)),
    "career-path": Advice(career_path, _decoder(PathQuestion), unasked=False),
}
"""By the last part of their address."""
