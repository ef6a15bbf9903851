"""Find an occupation by what people call it: titles and 56,558 alternate titles, typo-tolerant, ranked.

How titles are matched and ranked says ``title_index``. A title that joins several names counts by each of them, the
first as the occupation's own. A query of which one title in its language has every word was not mistyped. Who
searches in German also finds by the English titles, which the alternate ones are; of equal ranks the German come
first.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.methodology import english, german
from services.methodology.rules import OccupationEntry
from services.methodology.source import rows
from services.methodology.title_index import Index, Title
from services.methodology.typing_errors import words_of
from services.methodology.version import ENGLISH, load

GERMAN = "de"
UNRATED = "without_figures"
LONGEST_QUERY = 100
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Match:
    """An occupation that was found: by which of its titles and in which language, how well (0 to 1,010), and
    whether it can be scored.

    ``status`` is that of ``OccupationEntry``, or ``without_figures`` for the 93 titles that no source rates.
    """

    code: str
    title: str
    found_by: str
    found_in: str
    rank: int
    status: str


def _title(text: str, code: str, *, main: bool, said: str = "", later: bool = False) -> Title:
    return Title(text, code, tuple(dict.fromkeys(words_of(said or text))), main, later)


def _published() -> Iterator[Title]:
    """The titles of the source, which are English."""
    for row in rows("occupations"):
        yield _title(row["title"], row["code"], main=True)
        for place, said in enumerate(english.names(row["title"])):
            yield _title(row["title"], row["code"], main=True, said=said, later=place > 0)
    for row in rows("alternate_titles"):
        for text in row["titles"].split("|"):
            yield _title(text, row["code"], main=False)


def _translated(language: str) -> Iterator[Title]:
    """Ours, each once in every form that people search it by."""
    version = load()
    for row in rows("occupations"):
        yield from _formed(version.name(row["code"], language), row["code"], language, main=True)


def _everyday(language: str) -> Iterator[Title]:
    """Further titles of ours that people search by."""
    for code, texts in everyday(language).items():
        for text in texts:
            yield from _formed(text, code, language, main=False)


def _formed(text: str, code: str, language: str, *, main: bool) -> Iterator[Title]:
    for form in german.forms(text) if language == GERMAN else (text,):
        yield _title(text, code, main=main, said=form)
    for place, said in enumerate(german.names(text) if main and language == GERMAN else ()):
        for form in german.forms(said):
            yield _title(text, code, main=main, said=form, later=place > 0)


@cache
def everyday(language: str) -> dict[str, tuple[str, ...]]:
    """Titles by code that are ours and no publisher's (``titles.LANGUAGE.json``): they decide only what is found."""
    path = Path(__file__).with_name(f"titles.{language}.json")
    titles: dict[str, str] = json.loads(path.read_bytes())["titles"]
    return {code: tuple(text.split("|")) for code, text in titles.items()}


@cache
def index(language: str = ENGLISH) -> Index:
    """The index of one language's own titles, built once in a process."""
    if language == ENGLISH:
        return Index([*_published(), *_everyday(language)], english.singular)
    titles = [*_translated(language), *_everyday(language)]
    return Index(titles, german.without_umlauts, compounds=True) if language == GERMAN else Index(titles)


@cache
def _known() -> dict[str, OccupationEntry]:
    return {one.code: one for one in load().occupations()}


def _employment(code: str) -> int:
    return _known()[code].employment if code in _known() else 0


def _status(code: str) -> str:
    return _known()[code].status if code in _known() else UNRATED


def search(query: str, limit: int = 10, language: str = ENGLISH) -> list[Match]:
    """The occupations that are best found by ``query``, each by its best title, at most ``limit`` of them.

    A query of more than 100 characters or 8 words is cut there. Ties go to an occupation that can be scored, then to
    a title in ``language``, then to the shorter one, then to the occupation with more people in it, then by code.
    """
    query = german.without_endings(query[:LONGEST_QUERY]) if language == GERMAN else query[:LONGEST_QUERY]
    asked = tuple(dict.fromkeys(words_of(query)))[:MOST_WORDS]
    if not asked:
        return []
    version, languages = load(), tuple(dict.fromkeys((language, ENGLISH)))
    mistyped = not index(language).knows(asked)
    found = sorted(
        (-rank, _status(title.code) == UNRATED, place, len(title.text), -_employment(title.code), title.code, title)
        for place, one in enumerate(languages)
        for title, rank in index(one).best(asked, limit, mistyped=mistyped)
    )
    matches: dict[str, Match] = {}
    for rank, _, place, _, _, code, title in found:
        if code not in matches:
            matches[code] = Match(
                code, version.name(code, language), title.text, languages[place], -rank, _status(code)
            )
    return list(matches.values())[:limit]
