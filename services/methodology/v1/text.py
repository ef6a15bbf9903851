"""The wording of questions, anchors, marks and limits, in English and German."""

import json
from functools import cache
from pathlib import Path

from services.methodology.v1 import definition as d

LANGUAGES: tuple[str, ...] = ("en", "de")


@cache
def texts(language: str) -> dict[str, str]:
    """All texts of one language; ``KeyError`` names a language that there is none of."""
    if language not in LANGUAGES:
        raise KeyError(f"There are no texts in {language}; there are {', '.join(LANGUAGES)}.")
    path = Path(__file__).with_name(f"text.{language}.json")
    loaded: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def worded(key: str, published: str, language: str = "en") -> str:
    """The wording of a table's entry in a language, else as the table itself words it, which is in English."""
    return texts(language).get(key, published)


def anchors(kind: str, language: str) -> list[dict[str, str | int]]:
    """The allowed values of a question with their meaning; ``kind``: factor, level, ai, learning or
    planned.
    """
    values = d.FACTORS if kind == "factor" else d.LEVELS
    return [{"value": value, "text": texts(language)[f"anchor.{kind}.{value}"]} for value in values]


def not_claimed(language: str = "en") -> list[str]:
    """What a score does not say, as clauses that begin with "That"."""
    return [text for key, text in texts(language).items() if key.startswith("not_claimed.")]


def limits(language: str = "en") -> list[str]:
    """What holds of every result, in plain words."""
    return [text for key, text in texts(language).items() if key.startswith("limit.")]
