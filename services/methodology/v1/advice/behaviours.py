"""Items of behaviour in words: what to do and how often. A tick in a questionnaire changes no career."""

from services.methodology.v1 import definition as d
from services.methodology.v1.text import texts

PLANNED = d.LEARNING_ITEMS[0]


def behaviour(item: str, level: int, language: str = "en") -> str:
    """What reaching this level of an item means one does, in the last three months."""
    words = texts(language)
    often = "planned" if item == PLANNED else "ai" if item in d.AI_ITEMS else "learning"
    return f"{words[f'doing.{item}']}: {words[f'often.{often}.{level}']}"
