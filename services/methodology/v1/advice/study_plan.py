"""The best use of the hours a month that somebody has: exact over ten-hour units, and shown to be."""

from typing import Any

from services.methodology.series import detected
from services.methodology.v1.advice.behaviours import behaviour
from services.methodology.v1.advice.bundle import learner
from services.methodology.v1.advice.changes import Changeable, changeable, unanswered
from services.methodology.v1.advice.credentials import certifications, specialisations
from services.methodology.v1.advice.effort import UNIT_HOURS
from services.methodology.v1.advice.evidence import evidence
from services.methodology.v1.advice.knapsack import pack, price
from services.methodology.v1.advice.month import later
from services.methodology.v1.advice.optimality import proof
from services.methodology.v1.advice.steps import Step, learnable, practices, ranked
from services.methodology.v1.documents import band_of
from services.methodology.v1.engine import Scored

Document = dict[str, Any]

HOURS_MAXIMUM = 200
MONTHS_MAXIMUM = 60
PLANNED_HOURS = (1, 3, 5)
"""Up to one hour, up to three, up to five, and more: the levels 1 to 4 of planned learning."""


def _months(chosen: list[Step], hours_per_month: int, as_of: str) -> list[Document]:
    """The chosen steps in order, month by month, each month filled before the next begins."""
    months: list[Document] = []
    left = 0
    for step in chosen:
        to_do = step.hours
        while to_do:
            if left == 0:
                left = hours_per_month
                months.append({"month": later(as_of, len(months) + 1), "steps": []})
            now = min(left, to_do)
            months[-1]["steps"].append({"id": step.item, "to": step.reached, "hours": now})
            left -= now
            to_do -= now
    return months


def _planned_learning(items: tuple[Changeable, ...], hours_per_month: int, language: str) -> Document | None:
    """Keeping a plan is planned learning: what that gains beside the steps."""
    level = 1 + sum(hours_per_month > bound for bound in PLANNED_HOURS)
    for item in items:
        if item.id == "learning.planned" and level > item.now:
            gain = next(option.gain for option in item.options if option.reached == level)
            return {"id": item.id, "level": level, "gain": gain, "behaviour": behaviour(item.id, level, language)}
    return None


def _packed(groups: list[tuple[Step, ...]], hours_per_month: int, months: int) -> tuple[list[Step], Document]:
    """The best steps for the hours there are, and what shows that they are the best."""
    items = [[(step.hours // UNIT_HOURS, step.gain) for step in group] for group in groups]
    useful = sum(max(cost for cost, _ in options) for options in items)
    units = [hours_per_month * count // UNIT_HOURS for count in range(1, months + 1)]
    packed = pack(items, min(useful, units[-1]))
    chosen = [group[place] for group, place in zip(groups, packed.chosen, strict=True) if place is not None]
    ids, gain = [group[0].item for group in groups], packed.best[-1]
    return chosen, {
        "hours": sum(step.hours for step in chosen),
        "gain": gain,
        "proof": proof(ids, items, units[-1], gain, price(items, units[-1])),
        "best_by_month": [packed.best[min(useful, count)] for count in units],
    }


def study_plan(scored: Scored, hours_per_month: int, months: int, language: str = "en") -> Document:
    """Steps with gain, hours and gain per hour, and the plan that gains most in the hours there are.

    Gains are against the answers as they are: steps already taken do not fade in them. Raises ``ValueError``
    for hours or months out of range.
    """
    if not 1 <= hours_per_month <= HOURS_MAXIMUM:
        raise ValueError(f"Hours a month lie between 1 and {HOURS_MAXIMUM}, not {hours_per_month}.")
    if not 1 <= months <= MONTHS_MAXIMUM:
        raise ValueError(f"Months lie between 1 and {MONTHS_MAXIMUM}, not {months}.")
    items = changeable(scored)
    groups, person = learnable(items), learner(scored, items)
    chosen, shown = _packed(groups, hours_per_month, months)
    order = ranked([(step,) for step in chosen])
    special, certified = specialisations(person, language), certifications(person, language)
    low, high = scored.low(scored.profile), scored.high(scored.profile)
    after = {"low": low + shown["gain"], "high": high + shown["gain"]}
    return {
        "profile": scored.profile,
        "as_of": scored.answers["as_of"],
        "score": {"low": low, "high": high},
        "hours_per_month": hours_per_month,
        "months": months,
        "plan": {
            **shown,
            "score_after": after,
            "more_than_measurement_error": detected(after["low"] - high, band_of(scored, scored.profile).detectable),
            "steps": [step.told() for step in order],
            "by_month": _months(order, hours_per_month, scored.answers["as_of"]),
            "evidence": evidence(special, certified, {step.item: step.reached for step in chosen}),
            "planned_learning": _planned_learning(items, hours_per_month, language),
        },
        "steps": [step.told() for step in ranked(groups)],
        "practices": practices(items, language),
        "specialisations": special,
        "certifications": certified,
        "open": [item for item in unanswered(scored) if not item.startswith("income.")],
    }
