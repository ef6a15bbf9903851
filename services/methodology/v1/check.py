"""Name everything in well-formed answers that cannot be scored, and what would be right."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from services.methodology.finding import Finding
from services.methodology.v1 import definition as d
from services.methodology.v1.income import consistent
from services.methodology.v1.plan import Plan, plan_for
from services.methodology.v1.tables import Tables, tables

NEAREST = 3


def _distance(one: str, other: str) -> tuple[int, str]:
    """Codes that share a longer beginning are nearer, then those whose numbers are closer."""
    shared = next((place for place in range(10) if one[place] != other[place]), 10)
    return -shared, f"{abs(int(one[3:7] + one[8:]) - int(other[3:7] + other[8:])):07d}{other}"


def nearest(code: str, known: Tables) -> str:
    """The three occupations nearest to a code in the classification, as ``code title``."""
    found = sorted(known.occupations, key=lambda other: _distance(code, other))[:NEAREST]
    return "Nearest are " + "; ".join(f"{one} {known.occupations[one].title}" for one in found) + "."


def _occupations(answers: dict[str, Any]) -> Iterator[Finding]:
    known = tables()
    for number, one in enumerate(answers["occupations"]):
        path, code = f"occupations.{number}.code", one["code"]
        if code in known.without_figures:
            title = known.without_figures[code]
            yield Finding(
                path,
                "occupation_without_figures",
                f"{title} ({code}) gathers several kinds of work; no source rates it, so it has no score.",
                "Choose the detailed occupation that is closest to the work. " + nearest(code, known),
            )
        elif code not in known.occupations:
            yield Finding(path, "occupation_unknown", f"There is no occupation {code}.", nearest(code, known))
    yield from _twice("occupations", [one["code"] for one in answers["occupations"]], "code")
    total = sum(one["share"] for one in answers["occupations"])
    if total != 1000:
        yield Finding(
            "occupations",
            "shares_sum",
            f"The shares sum to {total} per mille.",
            "Shares of one to three occupations sum to 1000; one occupation has share 1000.",
        )


def _twice(part: str, keys: Iterable[Any], field: str = "id") -> Iterator[Finding]:
    met: Counter[Any] = Counter()
    for number, key in enumerate(keys):
        met[key] += 1
        if met[key] == 2:
            name = key if isinstance(key, str) else key[-1]
            yield Finding(
                f"{part}.{number}.{field}",
                "given_twice",
                f"{name} is answered twice.",
                "Keep one of the two.",
            )


def _listed(ids: Iterable[str]) -> str:
    names = sorted(ids)
    return "Asked are " + ", ".join(names) + "." if names else "Nothing is asked here; leave it out."


def _skills(answers: dict[str, Any], plan: Plan) -> Iterator[Finding]:
    for number, one in enumerate(answers.get("skills", ())):
        if one["id"] not in plan.skills:
            known_area = one["id"] in plan.knowledge
            yield Finding(
                f"skills.{number}.id",
                "not_asked",
                f"{one['id']} is not a skill item of {', '.join(plan.codes)}.",
                "Answer it under knowledge, by level alone." if known_area else _listed(plan.skills),
            )
        if one["level"] and "months" not in one:
            yield Finding(
                f"skills.{number}.months",
                "months_missing",
                f"{one['id']} has level {one['level']} and no months since it was last refreshed.",
                "Give the months, 0 if it was refreshed this month; or leave the whole item out.",
            )
    yield from _twice("skills", [one["id"] for one in answers.get("skills", ())])


def _knowledge(answers: dict[str, Any], plan: Plan) -> Iterator[Finding]:
    for number, one in enumerate(answers.get("knowledge", ())):
        if one["id"] not in plan.knowledge:
            is_skill = one["id"] in plan.skills
            yield Finding(
                f"knowledge.{number}.id",
                "asked_as_skill" if is_skill else "not_asked",
                f"{one['id']} is not asked here.",
                "It is one of this occupation's skills: answer it there, with its months."
                if is_skill
                else _listed(plan.knowledge),
            )
    yield from _twice("knowledge", [one["id"] for one in answers.get("knowledge", ())])


def _behaviours(answers: dict[str, Any], plan: Plan) -> Iterator[Finding]:
    for number, one in enumerate(answers.get("behaviours", ())):
        if one["id"] not in plan.behaviours:
            yield Finding(
                f"behaviours.{number}.id",
                "not_asked",
                f"{one['id']} is no item of AI leverage or learning.",
                _listed(plan.behaviours),
            )
    yield from _twice("behaviours", [one["id"] for one in answers.get("behaviours", ())])


def _activities(answers: dict[str, Any], plan: Plan) -> Iterator[Finding]:
    mixes = {mix.occupation: mix for mix in plan.mixes}
    only = plan.codes[0] if len(plan.codes) == 1 else ""
    given = [(one.get("occupation", only), one["id"]) for one in answers.get("activities", ())]
    for number, (code, item) in enumerate(given):
        path = f"activities.{number}"
        if code not in mixes:
            yield Finding(
                f"{path}.occupation",
                "occupation_not_named",
                "The activity's occupation is missing." if not code else f"{code} is not one of the occupations.",
                f"Name one of {', '.join(plan.codes)}.",
            )
        elif item not in mixes[code].ids:
            yield Finding(f"{path}.id", "not_asked", f"{item} is not asked of {code}.", _listed(mixes[code].ids))
    yield from _twice("activities", given)
    yield from _empty_mixes(answers, plan, given)


def _empty_mixes(answers: dict[str, Any], plan: Plan, given: list[tuple[str, str]]) -> Iterator[Finding]:
    factors = {key: one["factor"] for key, one in zip(given, answers.get("activities", ()), strict=True)}
    for mix in plan.mixes:
        if mix.ids and not any(factors.get((mix.occupation, item), d.TYPICAL_FACTOR) for item in mix.ids):
            yield Finding(
                "activities",
                "mix_empty",
                f"No activity of {mix.occupation} is left: every factor is 0.",
                "Give at least one activity, or the rest, a factor above 0.",
            )


def _income(answers: dict[str, Any]) -> Iterator[Finding]:
    income = answers.get("income")
    if income is None:
        return
    if answers["profile"] != d.CORE_INCOME:
        yield Finding(
            "income",
            "not_asked",
            "The profile core does not ask for income.",
            "Choose the profile core+income, or leave income out.",
        )
    if income.get("expenses") == 0:
        yield Finding(
            "income.expenses",
            "expenses_zero",
            "Monthly expenses are 0, and income is measured against them.",
            "Give the mean monthly expenses in minor units, at least 1; or leave them out.",
        )
    elif not consistent(income):
        yield Finding(
            "income.largest_source",
            "largest_above_total",
            f"The largest source is above the sum of all, {income['sources_total']}.",
            "The sum of all sources holds the largest one.",
        )


def findings(answers: dict[str, Any]) -> list[Finding]:
    """All findings on answers of the right form, in the order of the document; empty where they can be
    scored.
    """
    found = list(_occupations(answers))
    if found:
        return found + list(_income(answers))
    plan = plan_for(tuple(sorted((one["code"], one["share"]) for one in answers["occupations"])))
    for rule in (_activities, _skills, _knowledge, _behaviours):
        found.extend(rule(answers, plan))
    return found + list(_income(answers))
