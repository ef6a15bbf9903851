"""The smallest change that reaches a score: each step of it, and both sums of the proof. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.charts.chart import Table
from infra.pages.visit import Visit
from services.methodology.advice_report import proof, state
from services.methodology.wording import Wording

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Smallest:
    """`found` says whether there is one, and `changes` which; without any change the target is reached already."""

    target: str
    found: str
    changes: Table | None
    proof: str


def smallest(visit: Visit, words: Wording, told: Document) -> Smallest:
    """Of `Version.counterfactual`."""
    target, tell = words.points(told["target"]), words.says
    if not told["reachable"]:
        most = words.points(told["maximum"])
        return Smallest(target, tell("smallest.unreachable", target=target, most=most), None, "")
    if not told["changes"]:
        return Smallest(target, tell("smallest.reached", target=target), None, "")
    return Smallest(target, "", _changes(visit, words, told), proof(words, told["proof"]))


def _changes(visit: Visit, words: Wording, told: Document) -> Table:
    _ = visit.says
    rows = [
        (
            words.name(one["id"]),
            state(words, one, "from"),
            _then(words, words.says, one),
            words.points(one["gain"], signed=True),
        )
        for one in told["changes"]
    ]
    return Table((_("What"), _("Now"), _("Then"), _("Points")), tuple(rows))


def _then(words: Wording, tell: Callable[..., str], change: Document) -> str:
    """A habit as what is done, a skill as its level, or as refreshed where that alone changes."""
    if "months" in change["to"] and change["to"].get("level") == change["from"].get("level"):
        return tell("state.refreshed")
    return change.get("behaviour") or state(words, change, "to")
