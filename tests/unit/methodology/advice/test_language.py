"""Advice is the same in every language: only its words differ, and all of them do."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.methodology import load
from services.methodology.specimen import specimen

VERSION = load("1")
WORDS = {
    "meaning",
    "behaviour",
    "reason",
    "name",
    "profession",
    "publisher",
    "warning",
    "statement",
    "status",
    "calendar",
    "title",
}
GRADES = {"A", "B", "C", "D"}
SAME = ("Business Insider", "Cloud", "holds", "below", "short", "falls_short")
"""A name that is the same in both languages, and words for machines under the key `status`."""
INCOME = {
    "as_of": "2026-11",
    "currency": "EUR",
    "expenses": 250_000,
    "reserve": 100_000,
    "sources": [
        {
            "id": "client",
            "kind": "contract",
            "monthly": 320_000,
            "contract": {"ends": "2027-03", "notice_months": 1, "renewal": "negotiated"},
        },
        {
            "id": "teaching",
            "kind": "employment",
            "monthly": 60_000,
            "contract": {"ends": "2027-06", "notice_months": 2, "renewal": "automatic", "renews_for_months": 12},
        },
    ],
}
NURSE = {**specimen("language", codes=("29-1141.00",)), "behaviours": [{"id": "ai.used", "level": 1}]}
ADVICE = {
    "forecast": lambda language: VERSION.forecast(NURSE, language),
    "plan": lambda language: VERSION.plan(NURSE, 10, 12, language),
    "counterfactual": lambda language: VERSION.counterfactual(NURSE, VERSION.score(NURSE).low + 6 * 10**8, language),
    "qualification": lambda language: VERSION.qualification(NURSE, language=language),
    "career path": lambda language: VERSION.career_path(NURSE, "29-1171.00", language),
    "income": lambda language: VERSION.income(INCOME, language),
    "signals": lambda language: VERSION.signals((), language),
}


def leaves(told: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(told, dict):
        for name, inner in told.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(told, list):
        for place, inner in enumerate(told):
            yield from leaves(inner, (*path, str(place)))
    else:
        yield path, told


@pytest.mark.parametrize("kind", ADVICE)
def test_german_advice_says_the_same_in_other_words(kind: str) -> None:
    english, german = (dict(leaves(ADVICE[kind](language))) for language in ("en", "de"))
    assert english.keys() == german.keys()
    worded = {path for path, value in english.items() if path[-1] in WORDS | GRADES and value not in SAME}
    kept = {path for path in worded if "certifications" in path and path[-1] == "name"}
    other = {path for path in english if english[path] != german[path]}
    assert other == worded - kept
    assert other
