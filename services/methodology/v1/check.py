"""Name everything in well-formed answers that cannot be scored. How it is said, and in which language, stands in
``text``: what can be scored is part of the version, a clearer sentence is not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.income import consistent
from services.methodology.v1.plan import Plan, plan_for
from services.methodology.v1.tables import Tables, tables

NEAREST = 3


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing to put right: where (``skills.3.id``), by which rule, and what its sentences speak of: ids of items
    and occupations (one, or several in order), and numbers. A rule may come in several cases (``not_asked.skill``).
    """

    path: str
    case: str
    values: dict[str, str | int | tuple[str, ...]] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        return self.case.partition(".")[0]


def _distance(one: str, other: str) -> tuple[int, str]:
    """Codes that share a longer beginning are nearer, then those whose numbers are closer."""
    shared = next((place for place in range(10) if one[place] != other[place]), 10)
    return -shared, f"{abs(int(one[3:7] + one[8:]) - int(other[3:7] + other[8:])):07d}{other}"


def nearest(code: str, known: Tables) -> tuple[str, ...]:
    """The codes of the three occupations nearest to a code in the classification."""
    return tuple(sorted(known.occupations, key=lambda other: _distance(code, other))[:NEAREST])


def _occupations(answers: dict[str, Any]) -> Iterator[Wrong]:
    known = tables()
    for number, one in enumerate(answers["occupations"]):
        path, code = f"occupations.{number}.code", one["code"]
        values = {"code": code, "nearest": nearest(code, known)}
        if code in known.without_figures:
            yield Wrong(path, "occupation_without_figures", values)
        elif code not in known.occupations:
            yield Wrong(path, "occupation_unknown", values)
    yield from _twice("occupations", [one["code"] for one in answers["occupations"]], "code")
    total = sum(one["share"] for one in answers["occupations"])
    if total != 1000:
        yield Wrong("occupations", "shares_sum", {"total": total})


def _twice(part: str, keys: Iterable[Any], name: str = "id") -> Iterator[Wrong]:
    met: Counter[Any] = Counter()
    for number, key in enumerate(keys):
        met[key] += 1
        if met[key] == 2:
            yield Wrong(f"{part}.{number}.{name}", "given_twice", {"item": key if isinstance(key, str) else key[-1]})


def _asked(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids))


def _skills(answers: dict[str, Any], plan: Plan) -> Iterator[Wrong]:
    for number, one in enumerate(answers.get("skills", ())):
        if one["id"] not in plan.skills:
            values = {"item": one["id"], "codes": plan.codes, "asked": _asked(plan.skills)}
            case = "not_asked.as_knowledge" if one["id"] in plan.knowledge else "not_asked.skill"
            yield Wrong(f"skills.{number}.id", case, values)
        if one["level"] and "months" not in one:
            yield Wrong(f"skills.{number}.months", "months_missing", {"item": one["id"], "level": one["level"]})
    yield from _twice("skills", [one["id"] for one in answers.get("skills", ())])


def _knowledge(answers: dict[str, Any], plan: Plan) -> Iterator[Wrong]:
    for number, one in enumerate(answers.get("knowledge", ())):
        if one["id"] not in plan.knowledge:
            values = {"item": one["id"], "asked": _asked(plan.knowledge)}
            case = "asked_as_skill" if one["id"] in plan.skills else "not_asked.knowledge"
            yield Wrong(f"knowledge.{number}.id", case, values)
    yield from _twice("knowledge", [one["id"] for one in answers.get("knowledge", ())])


def _behaviours(answers: dict[str, Any], plan: Plan) -> Iterator[Wrong]:
    for number, one in enumerate(answers.get("behaviours", ())):
        if one["id"] not in plan.behaviours:
            values = {"item": one["id"], "asked": _asked(plan.behaviours)}
            yield Wrong(f"behaviours.{number}.id", "not_asked.behaviour", values)
    yield from _twice("behaviours", [one["id"] for one in answers.get("behaviours", ())])


def _activities(answers: dict[str, Any], plan: Plan) -> Iterator[Wrong]:
    mixes = {mix.occupation: mix for mix in plan.mixes}
    only = plan.codes[0] if len(plan.codes) == 1 else ""
    given = [(one.get("occupation", only), one["id"]) for one in answers.get("activities", ())]
    for number, (code, item) in enumerate(given):
        path = f"activities.{number}"
        if code not in mixes:
            case = "occupation_not_named.other" if code else "occupation_not_named.none"
            yield Wrong(f"{path}.occupation", case, {"code": code, "codes": plan.codes})
        elif item not in mixes[code].ids:
            case = "not_asked.activity" if mixes[code].ids else "not_asked.no_activity"
            yield Wrong(f"{path}.id", case, {"item": item, "code": code, "asked": _asked(mixes[code].ids)})
    yield from _twice("activities", given)
    yield from _empty_mixes(answers, plan, given)


def _empty_mixes(answers: dict[str, Any], plan: Plan, given: list[tuple[str, str]]) -> Iterator[Wrong]:
    factors = {key: one["factor"] for key, one in zip(given, answers.get("activities", ()), strict=True)}
    for mix in plan.mixes:
        if mix.ids and not any(factors.get((mix.occupation, item), d.TYPICAL_FACTOR) for item in mix.ids):
            yield Wrong("activities", "mix_empty", {"code": mix.occupation})


def _income(answers: dict[str, Any]) -> Iterator[Wrong]:
    income = answers.get("income")
    if income is None:
        return
    if answers["profile"] != d.CORE_INCOME:
        yield Wrong("income", "not_asked.income")
    if income.get("expenses") == 0:
        yield Wrong("income.expenses", "expenses_zero")
    elif not consistent(income):
        yield Wrong("income.largest_source", "largest_above_total", {"total": income["sources_total"]})


def findings(answers: dict[str, Any]) -> list[Wrong]:
    """Everything wrong with answers of the right form, in the order of the document; empty where they can be
    scored.
    """
    found = list(_occupations(answers))
    if found:
        return found + list(_income(answers))
    plan = plan_for(tuple(sorted((one["code"], one["share"]) for one in answers["occupations"])))
    for rule in (_activities, _skills, _knowledge, _behaviours):
        found.extend(rule(answers, plan))
    return found + list(_income(answers))
