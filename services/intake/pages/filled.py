"""From a filled form to a hand-in, and what is wrong with it, field by field. Pure.

Mistakes are keys of `mistakes.said`, in the order of the fields: the pages say them in the reader's language.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from infra.pages.form import Form
from schemas.answers import CORE, CORE_INCOME
from schemas.privacy_notice import NEWEST
from schemas.statistics import AGE_BANDS, SEXES
from services.intake.pages.amounts import minor_units
from services.intake.pages.questions import AGES, TYPICAL, codes, factor, part

Document = dict[str, Any]
CURRENCIES = ("EUR", "CHF", "GBP", "USD")
"""Those that are offered; any other is offered to whoever named it over the interface."""
MONEY = ("largest_source", "sources_total", "expenses", "reserve")
COUNTS = {"months_covered": 12, "sources": 1000}
PURPOSES = ("scoring", "research")
"""Beside statistics, which are asked for apart."""
_CURRENCY = re.compile("[A-Z]{3}")
_LEVELS = ("0", "1", "2", "3", "4")


@dataclass(slots=True)
class Filled:
    """The answers so far, and the mistakes by field."""

    answers: Document
    mistakes: dict[str, str] = field(default_factory=dict)


def filled(form: Form, asked: Document, as_of: str) -> Filled:
    """The answers as `schemas.answers.Answers`; `asked` is the questionnaire of the occupations."""
    done = Filled({"as_of": as_of, "profile": CORE, "occupations": []})
    _occupations(form, done)
    parts = {
        "activities": _activities(form, asked),
        "skills": list(_skills(form, asked)),
        "knowledge": list(_levels(form, asked, "knowledge", "k")),
        "behaviours": list(_levels(form, asked, "behaviours", "b")),
    }
    done.answers |= {name: given for name, given in parts.items() if given}
    if form.has("target"):
        done.answers["target"] = True
    if (chosen := form.get("instructed")) in _LEVELS:
        done.answers["response"] = {"instructed": int(chosen)}
    _pause(form, done)
    _income(form, done)
    return done


def share_mistakes(form: Form) -> dict[str, str]:
    """What is wrong with the occupations and their shares."""
    done = Filled({})
    _occupations(form, done)
    return done.mistakes


def income_mistakes(form: Form) -> dict[str, str]:
    """What is wrong with the figures of the income."""
    done = Filled({})
    _income(form, done)
    return done.mistakes


def pause_mistakes(form: Form) -> dict[str, str]:
    """What is wrong with the months of a pause."""
    done = Filled({})
    _pause(form, done)
    return done.mistakes


def consent(form: Form, language: str) -> Document:
    """What was agreed to, of the form `schemas.submission.GivenConsent`."""
    purposes = [name for name in PURPOSES if form.has("purpose", name)]
    if form.has("statistics"):
        purposes.append("statistics")
    return {"notice": NEWEST, "language": language, "purposes": purposes, "of_age": form.has("of_age")}


def consent_mistakes(form: Form) -> dict[str, str]:
    """What is missing before answers may be handed in."""
    mistakes = {}
    if not form.has("purpose", "scoring"):
        mistakes["purpose"] = "scoring"
    if not form.has("of_age"):
        mistakes["of_age"] = "of_age"
    return mistakes | statistics_mistakes(form)


def told(form: Form) -> Document:
    """What was told for statistics, of the form `schemas.statistics.ToldForStatistics`."""
    asked = {"sex": SEXES, "age_band": AGE_BANDS}
    return {name: given for name, among in asked.items() if (given := form.get(f"told:{name}")) in among}


def statistics_mistakes(form: Form) -> dict[str, str]:
    """What was told without agreeing to what it is for."""
    return {"statistics": "statistics"} if told(form) and not form.has("statistics") else {}


def draft_mistakes(form: Form) -> dict[str, str]:
    """What is missing before a draft may be kept."""
    mistakes = {}
    if not form.has("draft"):
        mistakes["draft"] = "draft"
    if not form.has("of_age"):
        mistakes["of_age"] = "of_age-draft"
    return mistakes


def _occupations(form: Form, done: Filled) -> None:
    chosen = codes(form)
    if not chosen:
        done.mistakes["q"] = "no_occupation"
    shares = {}
    for code in chosen:
        given = form.get(f"share:{code}") if len(chosen) > 1 else "100"
        if not re.fullmatch("[1-9][0-9]?|100", given):
            done.mistakes[f"share:{code}"] = "share"
        else:
            shares[code] = int(given)
    if len(shares) == len(chosen) > 1 and sum(shares.values()) != 100:
        done.mistakes[f"share:{chosen[0]}"] = "shares"
    done.answers["occupations"] = [{"code": code, "share": 10 * share} for code, share in shares.items()]


def _activities(form: Form, asked: Document) -> list[Document]:
    """Those of each occupation whose mix was changed, or confirmed to be one's own."""
    (activities,) = part(asked, "activities")
    told = []
    for occupation in asked["occupations"]:
        code = occupation["code"]
        items = [one for one in activities["items"] if one["occupation"] == code]
        factors = {one["id"]: factor(form, one) for one in items}
        if form.has("own", code) or set(factors.values()) != {TYPICAL}:
            told += [{"occupation": code, "id": item, "factor": value} for item, value in factors.items()]
    return told


def _skills(form: Form, asked: Document) -> Iterator[Document]:
    (skills,) = part(asked, "skills")
    for one in skills["items"]:
        level, _, months = form.get(f"s:{one['id']}").partition(":")
        if level not in _LEVELS:
            continue
        answer = {"id": one["id"], "level": int(level)}
        if months in map(str, AGES):
            answer["months"] = int(months)
        elif answer["level"]:
            continue
        technology = " ".join(form.get(f"t:{one['id']}").split())[:100]
        yield {**answer, "technology": technology} if technology else answer


def _levels(form: Form, asked: Document, name: str, letter: str) -> Iterator[Document]:
    for of in part(asked, name):
        for one in of["items"]:
            level = form.get(f"{letter}:{one['id']}")
            if level in _LEVELS:
                yield {"id": one["id"], "level": int(level)}


def _pause(form: Form, done: Filled) -> None:
    given = form.get("pause")
    if given and not re.fullmatch("[0-9]{1,3}", given):
        done.mistakes["pause"] = "pause"
    elif given and int(given) <= 720:
        done.answers["pause_months"] = int(given)
    elif given:
        done.mistakes["pause"] = "pause"


def _income(form: Form, done: Filled) -> None:
    """The income, where any figure was given; it then has a currency, and the profile is core+income."""
    income: Document = {}
    for name in MONEY:
        amount = minor_units(form.get(f"i:{name}"), currency(form, "i:currency"))
        if amount is None:
            done.mistakes[f"i:{name}"] = "amount"
        elif amount >= 0:
            income[name] = amount
    for name, most in COUNTS.items():
        given = form.get(f"i:{name}")
        if re.fullmatch("[0-9]{1,4}", given) and int(given) <= most:
            income[name] = int(given)
        elif given:
            done.mistakes[f"i:{name}"] = name
    if income.get("sources_total", 10**18) < income.get("largest_source", 0):
        done.mistakes["i:sources_total"] = "total"
    if income:
        done.answers["income"] = {"currency": currency(form, "i:currency"), **income}
        done.answers["profile"] = CORE_INCOME


def currency(form: Form, name: str) -> str:
    """The currency that a field names; the first of those offered where it names none."""
    given = form.get(name)
    return given if _CURRENCY.fullmatch(given) else CURRENCIES[0]


def currencies(form: Form, name: str) -> tuple[str, ...]:
    """Those that a field offers, the one that it names among them."""
    return tuple(dict.fromkeys((*CURRENCIES, currency(form, name))))
