"""That a plan is the best there is, shown so that anybody can check it without the table that found it.

**The price.** Let a unit of hours cost p. Whatever is chosen within n units gains at most
``p n + Σ max(0, max(g - p c))`` over all items: the bound (Lagrangian relaxation; Fisher, *Management Science* 27,
1981).

**What the price leaves open.** Against the bound a choice loses, at each item, what its option is worth less at this
price than the best one. Only what loses less in all than the gap between bound and plan could be better. That is gone
through item by item; a beginning that takes no fewer units than another and gains no more is dropped (Nemhauser and
Ullmann, *Management Science* 15, 1969). Where nothing is left that gains more, the plan is the best.

``holds`` does this from the document alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.methodology.v1.advice.effort import UNIT_HOURS

Document = dict[str, Any]
Option = tuple[int, int]
"""Units (above 0) and gain."""
NOTHING: Option = (0, 0)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the price leaves open: of each item the options that lose less than the gap, leaving it (``NOTHING``)
    included, and how many choices of them remain; ``best`` is the largest gain there is, of the plan or of those.
    """

    bound: int
    open: tuple[tuple[Option, ...], ...]
    remaining: int
    best: int


def shown(items: Sequence[Sequence[Option]], units: int, gain: int, price: int) -> Shown:
    """What a price shows of a plan that gains so much within so many units."""
    every = [(NOTHING, *sorted(options)) for options in items]
    most = [max(more - price * cost for cost, more in options) for options in every]
    bound = price * units + sum(most)
    left: list[tuple[int, int, int]] = [(0, 0, 0)] if bound > gain else []
    possible = []
    for options, best in zip(every, most, strict=True):
        losing = [(best - more + price * cost, (cost, more)) for cost, more in options]
        possible.append(tuple(option for loss, option in losing if loss < bound - gain))
        left = _undominated(
            (taken + cost, total + more, lost + loss)
            for taken, total, lost in left
            for loss, (cost, more) in losing
            if taken + cost <= units and lost + loss < bound - gain
        )
    return Shown(bound, tuple(possible), len(left), max([gain, *(total for _, total, _ in left)]))


def _undominated(choices: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Those that gain more than every one of no more units."""
    kept: list[tuple[int, int, int]] = []
    for taken, total, lost in sorted(choices, key=lambda one: (one[0], -one[1])):
        if not kept or total > kept[-1][1]:
            kept.append((taken, total, lost))
    return kept


def proof(ids: Sequence[str], items: Sequence[Sequence[Option]], units: int, gain: int, price: int) -> Document:
    """The certificate as it is told: price, bound, gap, and what the price leaves open by item."""
    found = shown(items, units, gain, price)
    return {
        "unit_hours": UNIT_HOURS,
        "units": units,
        "price": price,
        "bound": found.bound,
        "gap": found.bound - gain,
        "open": [
            {"id": item, "options": [{"units": cost, "gain": more} for cost, more in options]}
            for item, options in zip(ids, found.open, strict=True)
            if len(options) > 1
        ],
        "remaining": found.remaining,
    }


def holds(told: Document) -> bool:
    """Whether the plan of a document can be carried out and is the best there is, by its own steps and proof."""
    plan, proven = told["plan"], told["plan"]["proof"]
    by_item: dict[str, list[Option]] = {}
    for step in told["steps"]:
        by_item.setdefault(step["id"], []).append(_option(step))
    chosen = {step["id"]: _option(step) for step in plan["steps"]}
    units, ids = told["hours_per_month"] * told["months"] // UNIT_HOURS, sorted(by_item)
    items = [by_item[item] for item in ids]
    return (
        len(chosen) == len(plan["steps"])
        and all(option in by_item.get(item, ()) for item, option in chosen.items())
        and sum(cost for cost, _ in chosen.values()) <= units
        and sum(gain for _, gain in chosen.values()) == plan["gain"]
        and proof(ids, items, units, plan["gain"], proven["price"]) == proven
        and shown(items, units, plan["gain"], proven["price"]).best == plan["gain"]
    )


def _option(step: Document) -> Option:
    return step["hours"]["middle"] // UNIT_HOURS, step["gain"]
