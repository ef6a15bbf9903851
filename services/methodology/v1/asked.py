"""The words of what is asked, in English and German: items, questions and the meaning of each allowed value.

They decide what people answered, so they are part of the version's core, whose hash stands in results.
"""

import json
from functools import cache
from pathlib import Path

from services.methodology.v1 import definition as d

LANGUAGES: tuple[str, ...] = ("en", "de")


@cache
def words(language: str) -> dict[str, str]:
    """All words of one language; ``KeyError`` names a language that there are none in."""
    if language not in LANGUAGES:
        raise KeyError(f"There are no texts in {language}; there are {', '.join(LANGUAGES)}.")
    path = Path(__file__).with_name(f"asked.{language}.json")
    loaded: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def anchors(kind: str, language: str) -> list[dict[str, str | int]]:
    """The allowed values of a question with their meaning; ``kind``: factor, level, ai, learning or
    planned.
    """
    values = d.FACTORS if kind == "factor" else d.LEVELS
    return [{"value": value, "text": words(language)[f"anchor.{kind}.{value}"]} for value in values]
