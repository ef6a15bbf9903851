"""Find an occupation by what people call it: titles and 56,558 alternate titles, typo-tolerant, ranked.

Each word of the query is matched to the words that occur in titles: exactly, as a beginning, or within one
typing error (two in long words; Damerau 1964: insertion, deletion, substitution, transposition); in German also
as the end of a compound, which says what it is (``Lehrer`` in ``Grundschullehrer``). A title's
rank is the mean quality of its matches less a little for every word that was not asked for. All of it is
whole numbers, so the same query gives the same list everywhere. Who searches in German also finds by the English
titles, which the alternate ones are; of equal ranks the German come first.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path

from services.methodology.german import forms, without_endings
from services.methodology.rules import OccupationEntry
from services.methodology.source import rows
from services.methodology.typing_errors import errors_between, trigrams, words_of
from services.methodology.version import ENGLISH, load

EXACT, BEGINNING, END, ONE_ERROR, TWO_ERRORS = 1000, 850, 800, 750, 500
SHORTEST_END = 4
GERMAN = "de"
UNASKED_WORD = 25
MAIN_TITLE = 10
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


@dataclass(frozen=True, slots=True, order=True)
class _Title:
    text: str
    code: str
    words: tuple[str, ...]
    main: bool


class Index:
    """Titles by their words, and all words by their letters in threes.

    ``compounds`` says that a word may be found by its end too.
    """

    def __init__(self, titles: Iterable[_Title], *, compounds: bool = False) -> None:
        self.titles = tuple(titles)
        self.compounds = compounds
        self.by_word: dict[str, list[int]] = defaultdict(list)
        self.by_trigram: dict[str, list[str]] = defaultdict(list)
        for number, title in enumerate(self.titles):
            for word in title.words:
                self.by_word[word].append(number)
        for word in sorted(self.by_word):
            for trigram in trigrams(word):
                self.by_trigram[trigram].append(word)

    def qualities(self, asked: str) -> dict[str, int]:
        """The words that ``asked`` may mean, with the quality of each."""
        shared: dict[str, int] = defaultdict(int)
        for trigram in trigrams(asked):
            for word in self.by_trigram.get(trigram, ()):
                shared[word] += 1
        errors = 0 if len(asked) < 4 else 1 if len(asked) < 7 else 2
        # An error spoils at most three letters in threes, a transposition four.
        needed = max(errors, len(asked) - 4 * errors)
        found = {}
        for word, count in shared.items():
            near = count >= needed and abs(len(word) - len(asked)) <= errors
            quality = self._quality(asked, word, errors if near else 0)
            if quality:
                found[word] = quality
        return found

    def _quality(self, asked: str, word: str, errors: int) -> int:
        if word == asked:
            return EXACT
        if len(asked) > 1 and word.startswith(asked):
            return BEGINNING
        if self.compounds and len(asked) >= SHORTEST_END and word.endswith(asked):
            return END
        if not errors:
            return 0
        made = errors_between(asked, word, errors)
        return 0 if made > errors else ONE_ERROR if made == 1 else TWO_ERRORS

    def ranks(self, asked: tuple[str, ...]) -> dict[int, int]:
        """Each title that matches any word, with its rank."""
        gathered: dict[int, int] = defaultdict(int)
        for word in asked:
            best: dict[int, int] = {}
            for meant, quality in sorted(self.qualities(word).items(), key=itemgetter(1)):
                best.update(dict.fromkeys(self.by_word[meant], quality))
            for title, quality in best.items():
                gathered[title] += quality
        return {number: self._rank(number, total, len(asked)) for number, total in gathered.items()}

    def best(self, asked: tuple[str, ...], limit: int) -> list[tuple[_Title, int]]:
        """The titles of the highest ranks, as many ranks as it takes to name ``limit`` occupations."""
        by_rank: dict[int, list[int]] = defaultdict(list)
        for number, rank in self.ranks(asked).items():
            by_rank[rank].append(number)
        found: list[tuple[_Title, int]] = []
        codes: set[str] = set()
        for rank in sorted(by_rank, reverse=True):
            titles = [self.titles[number] for number in by_rank[rank]]
            found.extend((title, rank) for title in titles)
            codes.update(title.code for title in titles)
            if len(codes) >= limit:
                break
        return found

    def _rank(self, number: int, total: int, asked: int) -> int:
        title = self.titles[number]
        unasked = max(0, len(title.words) - asked)
        return max(0, total // asked - UNASKED_WORD * unasked) + MAIN_TITLE * title.main


def _title(text: str, code: str, *, main: bool, said: str = "") -> _Title:
    return _Title(text, code, tuple(dict.fromkeys(words_of(said or text))), main)


def _published() -> Iterator[_Title]:
    """The titles of the source, which are English."""
    for row in rows("occupations"):
        yield _title(row["title"], row["code"], main=True)
    for row in rows("alternate_titles"):
        for text in row["titles"].split("|"):
            yield _title(text, row["code"], main=False)


def _translated(language: str) -> Iterator[_Title]:
    """Ours, each once in every form that people search it by."""
    version = load()
    for row in rows("occupations"):
        yield from _formed(version.name(row["code"], language), row["code"], language, main=True)


def _everyday(language: str) -> Iterator[_Title]:
    """Further titles of ours that people search by."""
    for code, texts in everyday(language).items():
        for text in texts:
            yield from _formed(text, code, language, main=False)


def _formed(text: str, code: str, language: str, *, main: bool) -> Iterator[_Title]:
    for form in forms(text) if language == GERMAN else (text,):
        yield _title(text, code, main=main, said=form)


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
        return Index([*_published(), *_everyday(language)])
    return Index([*_translated(language), *_everyday(language)], compounds=language == GERMAN)


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
    query = without_endings(query[:LONGEST_QUERY]) if language == GERMAN else query[:LONGEST_QUERY]
    asked = tuple(dict.fromkeys(words_of(query)))[:MOST_WORDS]
    if not asked:
        return []
    version, languages = load(), tuple(dict.fromkeys((language, ENGLISH)))
    found = sorted(
        (-rank, _status(title.code) == UNRATED, place, len(title.text), -_employment(title.code), title.code, title)
        for place, one in enumerate(languages)
        for title, rank in index(one).best(asked, limit)
    )
    matches: dict[str, Match] = {}
    for rank, _, place, _, _, code, title in found:
        if code not in matches:
            matches[code] = Match(
                code, version.name(code, language), title.text, languages[place], -rank, _status(code)
            )
    return list(matches.values())[:limit]
