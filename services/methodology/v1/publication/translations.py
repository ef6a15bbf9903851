"""Whose names are not the sources' own."""

from services.methodology.v1.names import translation
from services.methodology.v1.text import LANGUAGES

_TOLD = ("language", "translates", "licence", "made_by")


def translations(language: str) -> list[dict[str, str]]:
    """Each translated language with what was translated, under which licence, and what is said of it in ``language``."""
    made = [one.about for one in map(translation, LANGUAGES) if one is not None]
    return [{**{key: about[key] for key in _TOLD}, "note": about[language]} for about in made]
