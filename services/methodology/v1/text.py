"""The wording of all that is said of a result and beside it: marks, limits, findings, advice. English and German.

It is part of the edition and changes no result: a clearer sentence is no new version.
"""

import json
from functools import cache
from pathlib import Path

from services.methodology.finding import Finding
from services.methodology.v1.asked import LANGUAGES, words
from services.methodology.v1.check import Wrong
from services.methodology.v1.names import name

__all__ = ["LANGUAGES", "finding", "limits", "not_claimed", "texts", "worded"]


@cache
def texts(language: str) -> dict[str, str]:
    """All texts of one language, those of what is asked among them; ``KeyError`` names a language that there is
    none of.
    """
    of_questions = words(language)
    path = Path(__file__).with_name(f"text.{language}.json")
    loaded: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return of_questions | loaded


def worded(key: str, published: str, language: str = "en") -> str:
    """The wording of a table's entry in a language, else as the table itself words it, which is in English."""
    return texts(language).get(key, published)


def not_claimed(language: str = "en") -> list[str]:
    """What a score does not say, as clauses that begin with "That"."""
    return [text for key, text in texts(language).items() if key.startswith("not_claimed.")]


def limits(language: str = "en") -> list[str]:
    """What holds of every result, in plain words."""
    return [text for key, text in texts(language).items() if key.startswith("limit.")]


def finding(wrong: Wrong, language: str = "en") -> Finding:
    """What is wrong and what would be right, in words; items and occupations by their names, with the ids."""
    known = texts(language)
    values = {key: _told(value, language) for key, value in wrong.values.items()}
    message, suggestion = (
        known[f"finding.{wrong.case}.{part}"].format(**values) for part in ("message", "suggestion")
    )
    return Finding(wrong.path, wrong.rule, message, suggestion, known[f"finding.{wrong.rule}.title"])


def _told(value: str | int | tuple[str, ...], language: str) -> str:
    if isinstance(value, tuple):
        return "; ".join(_told(one, language) for one in value)
    called = name(str(value), language)
    return called if called == str(value) else f"{called} ({value})"
