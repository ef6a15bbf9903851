"""The questionnaire as data: what a portfolio is asked under a profile, with the allowed values and their
meaning.

At most 60 interactions for one occupation. Parts and fields are those of ``schemas.answers.Answers``.
"""

from typing import Any

from schemas.answers import Answers
from schemas.json_schema import DIALECT, json_schema
from services.methodology.v1 import definition as d
from services.methodology.v1.apportion import apportion
from services.methodology.v1.asked import anchors, words
from services.methodology.v1.names import attribution, name
from services.methodology.v1.plan import MixPlan, Plan, plan_for
from services.methodology.v1.tables import half_life_class

FIGURES = ("largest_source", "sources_total", "expenses", "reserve", "months_covered", "sources")


def _activities(mix: MixPlan, language: str) -> list[dict[str, Any]]:
    """The largest first, the rest last."""
    typical = dict(zip(mix.ids, mix.shares, strict=True))
    ranked = sorted(mix.ids, key=lambda item: (item == d.REST, -typical[item], item))
    return [
        {
            "id": item,
            "occupation": mix.occupation,
            "name": name(item, language),
            "typical_parts_per_million": typical[item],
        }
        for item in ranked
    ]


def _skills(plan: Plan, language: str) -> list[dict[str, Any]]:
    asked = []
    for item, entry in plan.skills.items():
        required = [plan.places[place].required for place, _ in entry.targets]
        technology = half_life_class(item) == "technology"
        question: dict[str, Any] = {"id": item, "name": name(item, language), "required": max(required)}
        if technology:
            question["ask_technology"] = words(language)["question.technology"]
        asked.append(question)
    return asked


def _named(items: list[str], language: str) -> list[dict[str, Any]]:
    return [{"id": item, "name": name(item, language)} for item in items]


def _part(part: str, question: str, kind: str, items: list[dict[str, Any]], language: str) -> dict[str, Any]:
    field = "factor" if kind == "factor" else "level"
    return {
        "part": part,
        "question": words(language)[f"question.{question}"],
        "field": field,
        "anchors": anchors(kind, language),
        "items": items,
    }


def _behaviours(language: str) -> list[dict[str, Any]]:
    planned, *others = d.LEARNING_ITEMS
    return [
        _part("behaviours", "ai", "ai", _named(list(d.AI_ITEMS), language), language),
        _part("behaviours", "planned", "planned", _named([planned], language), language),
        _part("behaviours", "learning", "learning", _named(others, language), language),
    ]


def _income(language: str) -> dict[str, Any]:
    return {
        "part": "income",
        "question": words(language)["question.income"],
        "items": [{"id": figure, "name": words(language)[f"question.{figure}"]} for figure in FIGURES],
    }


def _schema(plan: Plan, profile: str) -> dict[str, Any]:
    """The JSON Schema of the answers, narrowed to what this portfolio is asked by a form that is not ours."""
    narrowed = json_schema(Answers)
    properties = narrowed["properties"]
    del properties["response"]["properties"]["instructed"]
    properties["profile"] = {"const": profile}
    asked = {
        "activities": {item for mix in plan.mixes for item in mix.ids},
        "skills": set(plan.skills),
        "knowledge": set(plan.knowledge),
        "behaviours": set(plan.behaviours),
    }
    for part, ids in asked.items():
        properties[part]["items"]["properties"]["id"] = {"enum": sorted(ids)}
    codes = {"enum": list(plan.codes)}
    properties["occupations"]["items"]["properties"]["code"] = codes
    properties["activities"]["items"]["properties"]["occupation"] = codes
    if profile != d.CORE_INCOME:
        del properties["income"]
    return {"$schema": DIALECT, **narrowed}


def questionnaire(codes: tuple[str, ...], profile: str, language: str = "en") -> dict[str, Any]:
    """What is asked of one to three occupations; ``KeyError`` names a code or a language that is unknown."""
    shares = apportion([1] * len(codes), 1000)
    plan = plan_for(tuple(sorted(zip(codes, shares, strict=True))))
    activities = [one for mix in plan.mixes for one in _activities(mix, language)]
    skills = _part("skills", "skills", "level", _skills(plan, language), language)
    skills["months"] = {"minimum": 0, "maximum": d.MONTHS_MAXIMUM}
    parts = [
        _part("activities", "activities", "factor", activities, language),
        skills,
        _part("knowledge", "knowledge", "level", _named(list(plan.knowledge), language), language),
        *_behaviours(language),
    ]
    if profile == d.CORE_INCOME:
        parts.append(_income(language))
    return {
        "version": d.VERSION,
        "profile": profile,
        "language": language,
        **({"translation": line} if (line := attribution(language)) else {}),
        "occupations": [{"code": one.code, "title": name(one.code, language)} for one, _ in plan.portfolio],
        "parts": parts,
        "pause_months": {"question": words(language)["question.pause_months"], "maximum": d.MONTHS_MAXIMUM},
        "instructed": {
            "only": words(language)["question.instructed_only"],
            "question": words(language)["question.instructed"],
            "anchors": anchors("learning", language),
        },
        "json_schema": _schema(plan, profile),
    }
