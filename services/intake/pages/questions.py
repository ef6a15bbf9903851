"""What the assessment asks, step by step, and how each answer stands in the form. Pure.

An answer's field is named by a letter for its part and the item's id: `f:CODE:ID` how much of the work, `s:ID` level
and recency in one, `t:ID` the technology meant, `k:ID` and `b:ID` a level, `i:FIGURE` an amount. `instructed` is the
level that was chosen where the form says which.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from infra.pages.form import Form

Document = dict[str, Any]

STEPS = ("occupation", "tasks", "skills", "habits", "income", "consent")
MOST_OCCUPATIONS = 3
TYPICAL = 1000
AGES = (1, 8, 18, 36, 72)
"""Months that stand for the choices of when a skill was last refreshed, each about the middle of its span."""
FACTORS = (0, 500, 1000, 2000, 4000)
"""How much of an activity there may be in one's own work, per mille of typical."""
_OWN = {
    "occupation": ("occupation", "share:", "target"),
    "tasks": ("f:", "own"),
    "skills": ("s:", "t:", "k:", "pause"),
    "habits": ("b:", "instructed"),
    "income": ("i:",),
    "consent": ("purpose", "of_age", "claim", "statistics", "told:"),
    "hand-in": ("statistics", "told:"),
    "save": ("draft", "of_age", "claim"),
}


def codes(form: Form) -> tuple[str, ...]:
    """The occupations chosen, each once, in the order chosen."""
    return tuple(dict.fromkeys(form.every("occupation")))[:MOST_OCCUPATIONS]


def carried(form: Form, step: str) -> list[str]:
    """The fields that another step shows and that this step's page carries along unseen."""
    elsewhere = tuple(name for other, names in _OWN.items() if other != step for name in names)
    return [name for name in form.values if name.startswith(elsewhere) and not name.startswith(_OWN.get(step, ()))]


def answered(form: Form) -> dict[str, list[str]]:
    """The fields that answer a question, without what is agreed to and by whom."""
    names = tuple(name for step in STEPS[:-1] for name in _OWN[step])
    given = {name: [one for one in form.every(name) if one] for name in form.values if name.startswith(names)}
    return {name: values for name, values in given.items() if values}


def part(asked: Document, name: str) -> Iterator[Document]:
    """The parts of a questionnaire of one name; behaviours have three."""
    yield from (one for one in asked["parts"] if one["part"] == name)


def mixes(asked: Document, form: Form) -> list[Document]:
    """Each occupation's activities with the share of work that follows from the factors chosen so far, per mille."""
    (activities,) = part(asked, "activities")
    found = []
    for occupation in asked["occupations"]:
        items = [one for one in activities["items"] if one["occupation"] == occupation["code"]]
        shares = _shares([one["typical_parts_per_million"] * factor(form, one) for one in items])
        rows = [
            {**one, "field": field(one), "factor": factor(form, one), "share": share}
            for one, share in zip(items, shares, strict=True)
        ]
        found.append({**occupation, "activities": rows})
    return found


def field(activity: Document) -> str:
    """The field of an activity."""
    return f"f:{activity['occupation']}:{activity['id']}"


def factor(form: Form, activity: Document) -> int:
    """How much of it there is in one's own work, per mille of typical; typical where nothing fitting was chosen."""
    given = form.get(field(activity))
    return int(given) if given in map(str, FACTORS) else TYPICAL


def unanswered(asked: Document, form: Form) -> int:
    """How many questions have no answer; what was left as typical is none of them."""
    fields = [f"{letter}:{one['id']}" for letter, name in _LETTERS for of in part(asked, name) for one in of["items"]]
    return sum(not form.get(name) for name in fields)


_LETTERS = (("s", "skills"), ("k", "knowledge"), ("b", "behaviours"))


def _shares(weights: Sequence[int]) -> list[int]:
    """Weights as thousandths that sum to 1,000 (largest remainders); all 0 where every weight is."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    shares = [1000 * weight // whole for weight in weights]
    missing = 1000 - sum(shares)
    for place in sorted(range(len(weights)), key=lambda one: (-(1000 * weights[one] % whole), one))[:missing]:
        shares[place] += 1
    return shares
