"""What occupations, activities, knowledge areas, skills and technology groups are called.

The sources name them in English. Every other language is our own translation of those names, in
``names.LANGUAGE.json``, with the line that says so; CC BY 4.0, section 3(a)(1)(B), asks for it. It is part of the
version, because it is what people read when they answered. No name enters a score or stands in a result, which
names occupations as their source does.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.methodology.v1.asked import words
from services.methodology.v1.tables import tables


@dataclass(frozen=True, slots=True)
class Translation:
    """Names by id; ``about`` says what was translated, by whom and under which licence, and in each language that it
    is not the publisher's.
    """

    names: dict[str, str]
    about: dict[str, str]


@cache
def translation(language: str) -> Translation | None:
    """Our names in a language; ``None`` where the sources' own are used."""
    path = Path(__file__).with_name(f"names.{language}.json")
    if not path.exists():
        return None
    raw = json.loads(path.read_bytes())
    return Translation(raw["names"], raw["about"])


def name(item: str, language: str = "en") -> str:
    """What an item or occupation is called: by our own wording or translation, else by its source; the id itself
    where it has no name.
    """
    ours = translation(language)
    translated = ours.names.get(item) if ours else None
    return words(language).get(f"item.{item}") or translated or tables().name(item)


def attribution(language: str) -> str:
    """The line that goes with translated names; empty where the names are the sources' own."""
    ours = translation(language)
    return ours.about[language] if ours else ""
