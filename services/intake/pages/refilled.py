"""From answers that were handed in back to the form, so that they can be corrected. Pure.

The form offers fewer values than the interface takes: the nearest is shown, and what was not changed there stays as
it was handed in, to the month and to the per mille. Shares belong together, and so do the figures of an income: of
these all stay, or all are as the form shows them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from infra.pages.form import Form
from services.intake.pages.amounts import written
from services.intake.pages.filled import COUNTS, MONEY, currency
from services.intake.pages.questions import AGES, codes

Document = dict[str, Any]
_LETTERS = {"knowledge": "k", "behaviours": "b"}


def refilled(answers: Document) -> Form:
    """The form as it would have been filled to hand these answers in (`schemas.answers.Answers`)."""
    values: dict[str, list[str]] = {"occupation": [one["code"] for one in answers["occupations"]]}
    shares = _percentages([one["share"] for one in answers["occupations"]])
    values |= {f"share:{code}": [str(share)] for code, share in zip(values["occupation"], shares, strict=True)}
    values |= {f"s:{one['id']}": [_level(one)] for one in answers.get("skills", ())}
    if activities := list(_activities(answers)):
        values |= {f"f:{code}:{item}": [factor] for code, item, factor in activities}
        values["own"] = list(dict.fromkeys(code for code, _, _ in activities))
    for part, letter in _LETTERS.items():
        values |= {f"{letter}:{one['id']}": [str(one["level"])] for one in answers.get(part, ())}
    values |= {f"t:{one['id']}": [one["technology"]] for one in answers.get("skills", ()) if one.get("technology")}
    values |= {name: [value] for name, value in _rest(answers)}
    return Form(values)


def unchanged(before: Document, form: Form, answers: Document) -> Document:
    """The corrected answers, in which whatever the form still shows as it was is what was handed in before."""
    kept, first = dict(answers), refilled(before)
    if _shares(first) == _shares(form):
        kept["occupations"] = before["occupations"]
    if _income(first) == _income(form):
        kept |= {name: before[name] for name in ("profile", "income") if name in before}
    if "response" in before:
        kept["response"] = {**before["response"], **answers.get("response", {})}
    if skills := answers.get("skills"):
        earlier = {one["id"]: one for one in before.get("skills", ()) if _same(first, form, one["id"])}
        kept["skills"] = [earlier.get(one["id"], one) for one in skills]
    return kept


def _same(first: Form, form: Form, skill: str) -> bool:
    return all(first.get(f"{letter}:{skill}") == form.get(f"{letter}:{skill}") for letter in ("s", "t"))


def _level(skill: Document) -> str:
    """Level and recency in one; who has none has refreshed nothing."""
    level, months = skill["level"], skill.get("months")
    if not level or months is None:
        return str(level)
    return f"{level}:{min(AGES, key=lambda age: (abs(age - months), age))}"


def _activities(answers: Document) -> Iterator[tuple[str, str, str]]:
    """Occupation, item and factor; the occupation need not be named where there is only one."""
    only = answers["occupations"][0]["code"]
    yield from ((one.get("occupation", only), one["id"], str(one["factor"])) for one in answers.get("activities", ()))


def _percentages(shares: Sequence[int]) -> list[int]:
    """Shares of 1,000 as whole percentages that sum to 100 and none of which is 0: the largest takes the rest."""
    shown = [max(1, (share + 5) // 10) for share in shares]
    shown[shares.index(max(shares))] += 100 - sum(shown)
    return shown


def _shares(form: Form) -> dict[str, str]:
    """The occupations with their shares; the only one has no share to choose."""
    chosen = codes(form)
    return {code: form.get(f"share:{code}") if len(chosen) > 1 else "100" for code in chosen}


def _income(form: Form) -> dict[str, str]:
    return {"currency": currency(form, "i:currency"), **{name: form.get(f"i:{name}") for name in (*MONEY, *COUNTS)}}


def _rest(answers: Document) -> Iterator[tuple[str, str]]:
    if answers.get("target"):
        yield "target", "yes"
    if "instructed" in answers.get("response", {}):
        yield "instructed", str(answers["response"]["instructed"])
    if answers.get("pause_months") is not None:
        yield "pause", str(answers["pause_months"])
    income = answers.get("income", {})
    if "currency" in income:
        yield "i:currency", income["currency"]
    for name in MONEY:
        if name in income:
            yield f"i:{name}", written(income[name], income["currency"])
    for name in COUNTS:
        if name in income:
            yield f"i:{name}", str(income[name])
