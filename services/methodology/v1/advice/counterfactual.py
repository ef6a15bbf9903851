"""What would have to be different for a score to be reached: the smallest change, with its proof."""

from typing import Any

from services.methodology.series import detected, nearest_rise
from services.methodology.v1 import definition as d
from services.methodology.v1.advice.behaviours import behaviour
from services.methodology.v1.advice.changes import (
    NOT_CHANGEABLE,
    Changeable,
    Option,
    changeable,
    unanswered,
)
from services.methodology.v1.advice.smallest import Choice, smallest
from services.methodology.v1.documents import SCORE_MAXIMUM, band_of
from services.methodology.v1.engine import Scored

Document = dict[str, Any]


def change(item: Changeable, option: Option, currency: str, language: str = "en") -> Document:
    """One change as it is told: from what, to what, in how many steps, with which exact gain; amounts are minor
    units of ``currency``.
    """
    measure = "amount" if item.dimension == d.INCOME else "level"
    now: Document = {measure: item.now}
    then: Document = {measure: option.reached}
    if item.months is not None:
        now["months"] = item.months
        then["months"] = 0
    told: Document = {
        "id": item.id,
        "dimension": d.DIMENSIONS[item.dimension],
        "from": now,
        "to": then,
        "steps": option.steps,
        "gain": option.gain,
    }
    if item.dimension == d.INCOME:
        told["currency"] = currency
    if item.dimension in (d.AI, d.LEARNING):
        told["behaviour"] = behaviour(item.id, option.reached, language)
    return told


def _proof(choice: Choice, needed: int) -> Document:
    """That no smaller number of items reaches it, in numbers to add up by hand."""
    return {
        "items": len(choice.changes),
        "needed": needed,
        "largest_of_one_fewer": list(choice.fewer),
        "sum_of_one_fewer": sum(choice.fewer),
        "largest_of_as_many": list(choice.enough),
        "sum_of_as_many": sum(choice.enough),
    }


def counterfactual(scored: Scored, target: int | None = None, language: str = "en") -> Document:
    """The smallest change that brings the score to ``target`` units at least; without one to the nearest score that
    is told as a rise, or to the highest where none is.

    Where something was left open the score counts at its lower bound, so the target is reached whatever the
    open answers are. Raises ``ValueError`` for a target that is no score.
    """
    now, high, items = scored.low(scored.profile), scored.high(scored.profile), changeable(scored)
    detectable = band_of(scored, scored.profile).detectable
    if target is None:
        target = min(SCORE_MAXIMUM, nearest_rise(high, detectable))
    if not 0 <= target <= SCORE_MAXIMUM:
        raise ValueError(f"A target lies between 0 and {SCORE_MAXIMUM} units (10⁸ units are a point), not {target}.")
    needed = max(0, target - now)
    choice = smallest(items, needed) if needed else Choice((), (), ())
    reached = target if choice is None else now + choice.gain
    told: Document = {
        "profile": scored.profile,
        "as_of": scored.answers["as_of"],
        "score": {"low": now, "high": high},
        "target": target,
        "needed": needed,
        "reachable": choice is not None,
        "maximum": now + sum(item.most for item in items),
        "detectable_change": detectable,
        "more_than_measurement_error": detected(reached - high, detectable),
    }
    if choice is not None:
        currency = scored.answers.get("income", {}).get("currency", "")
        told["changes"] = [change(item, option, currency, language) for item, option in choice.changes]
        told["steps"] = choice.steps
        told["reached"] = reached
        told["proof"] = _proof(choice, needed)
    told["not_changeable"] = list(NOT_CHANGEABLE)
    told["open"] = unanswered(scored)
    return told
