"""From answers that were handed in back to the form, so that they can be corrected. Pure.

The form offers fewer values than the interface takes: the nearest is shown, and what was not changed there stays as
it was handed in, to the month and to the per mille.
"""

from collections.abc import Iterator
from typing import Any

from infra.pages.form import Form
from services.intake.pages.filled import COUNTS, MONEY
from services.intake.pages.questions import AGES, FACTORS

Document = dict[str, Any]
_LETTERS = {"knowledge": "k", "behaviours": "b"}


def refilled(answers: Document) -> Form:
    """The form as it would have been filled to hand these answers in (`schemas.answers.Answers`)."""
    values: dict[str, list[str]] = {"occupation": [one["code"] for one in answers["occupations"]]}
    for one in answers["occupations"]:
        values[f"share:{one['code']}"] = [str((one["share"] + 5) // 10)]
    values |= {name: [value] for part in ("activities", "skills") for name, value in _shown(answers, part)}
    if activities := answers.get("activities"):
        values["own"] = list(dict.fromkeys(one["occupation"] for one in activities))
    for part, letter in _LETTERS.items():
        values |= {f"{letter}:{one['id']}": [str(one["level"])] for one in answers.get(part, ())}
    values |= {f"t:{one['id']}": [one["technology"]] for one in answers.get("skills", ()) if one.get("technology")}
    values |= {name: [value] for name, value in _rest(answers)}
    return Form(values)


def unchanged(before: Document, form: Form, answers: Document) -> Document:
    """The corrected answers, in which whatever the form still shows as it was is what was handed in before."""
    kept = dict(answers)
    for part in ("activities", "skills"):
        shown = {
            name: (value, one) for (name, value), one in zip(_shown(before, part), before.get(part, ()), strict=True)
        }
        kept_part = []
        for one in answers.get(part, ()):
            value, earlier = shown.get(_field(part, one), (None, one))
            same = value == form.get(_field(part, one)) and earlier.get("technology") == one.get("technology")
            kept_part.append(earlier if same else one)
        if kept_part:
            kept[part] = kept_part
    return kept


def _shown(answers: Document, part: str) -> Iterator[tuple[str, str]]:
    """The field and the value shown of each answer of a part that allows more values than the form."""
    for one in answers.get(part, ()):
        yield _field(part, one), _nearest(one["factor"], FACTORS) if part == "activities" else _level(one)


def _field(part: str, one: Document) -> str:
    return f"f:{one['occupation']}:{one['id']}" if part == "activities" else f"s:{one['id']}"


def _level(skill: Document) -> str:
    """Level and recency in one; who has none has refreshed nothing."""
    level, months = skill["level"], skill.get("months")
    return f"{level}:{_nearest(months, AGES)}" if level and months is not None else str(level)


def _nearest(value: int, offered: tuple[int, ...]) -> str:
    return str(min(offered, key=lambda one: (abs(one - value), one)))


def _rest(answers: Document) -> Iterator[tuple[str, str]]:
    if answers.get("target"):
        yield "target", "yes"
    if answers.get("pause_months") is not None:
        yield "pause", str(answers["pause_months"])
    income = answers.get("income", {})
    if "currency" in income:
        yield "i:currency", income["currency"]
    for name in MONEY:
        if name in income:
            yield f"i:{name}", f"{income[name] // 100}.{income[name] % 100:02}"
    for name in COUNTS:
        if name in income:
            yield f"i:{name}", str(income[name])
