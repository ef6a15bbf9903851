"""Find an occupation by what people call it: titles and 56,558 alternate titles, typo-tolerant, ranked.

Each word of the query is matched to the words that occur in titles: exactly, as a beginning, or within one
typing error (two in long words; Damerau 1964: insertion, deletion, substitution, transposition). A title's
rank is the mean quality of its matches less a little for every word that was not asked for. All of it is
whole numbers, so the same query gives the same list everywhere.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from services.methodology.source import rows
from services.methodology.version import load

EXACT, BEGINNING, ONE_ERROR, TWO_ERRORS = 1000, 850, 750, 500
UNASKED_WORD = 25
MAIN_TITLE = 10
LONGEST_QUERY = 100
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Match:
    """An occupation that was found: by which of its titles, how well (0 to 1,010), and whether it can be
    scored.

    ``status`` is that of ``OccupationEntry``, or ``without_figures`` for the 93 titles that no source rates.
    """

    code: str
    title: str
    found_by: str
    rank: int
    status: str


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    code: str
    words: tuple[str, ...]
    main: bool


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents and punctuation."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
    return tuple(re.findall(r"[a-z0-9+#]+", plain))


def _trigrams(word: str) -> set[str]:
    padded = f"^{word}$"
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def errors_between(one: str, other: str, most: int) -> int:
    """Typing errors between two words (optimal string alignment); ``most`` + 1 where there are more."""
    one, other = _differing(one, other)
    if not one or not other:
        return min(len(one) + len(other), most + 1)
    before: list[int] = []
    line = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        above, before_above = line, before
        line = [row]
        for column, against in enumerate(other, 1):
            cost = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and against == one[row - 2]:
                cost = min(cost, before_above[column - 2] + 1)
            line.append(cost)
        before = above
        if min(line) > most:
            return most + 1
    return min(line[-1], most + 1)


def _differing(one: str, other: str) -> tuple[str, str]:
    """Two words without the beginning and the end that they share, which hold no error."""
    start, shorter = 0, min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]


class Index:
    """All titles by their words, and all words by their letters in threes."""

    def __init__(self) -> None:
        self.known = {one.code: one for one in load().occupations()}
        self.titles: list[_Title] = []
        self.by_word: dict[str, list[int]] = defaultdict(list)
        self.by_trigram: dict[str, list[str]] = defaultdict(list)
        main = {row["code"]: row["title"] for row in rows("occupations")}
        for code, title in main.items():
            self._add(title, code, main=True)
        for row in rows("alternate_titles"):
            for title in row["titles"].split("|"):
                self._add(title, row["code"], main=False)
        for word in sorted(self.by_word):
            for trigram in _trigrams(word):
                self.by_trigram[trigram].append(word)
        self.main = main

    def _add(self, text: str, code: str, *, main: bool) -> None:
        words = tuple(dict.fromkeys(words_of(text)))
        for word in words:
            self.by_word[word].append(len(self.titles))
        self.titles.append(_Title(text, code, words, main))

    def employment(self, code: str) -> int:
        return self.known[code].employment if code in self.known else 0

    def status(self, code: str) -> str:
        return self.known[code].status if code in self.known else "without_figures"

    def qualities(self, asked: str) -> dict[str, int]:
        """The words that ``asked`` may mean, with the quality of each."""
        shared: dict[str, int] = defaultdict(int)
        for trigram in _trigrams(asked):
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

    @staticmethod
    def _quality(asked: str, word: str, errors: int) -> int:
        if word == asked:
            return EXACT
        if len(asked) > 1 and word.startswith(asked):
            return BEGINNING
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


@cache
def index() -> Index:
    """The index, built once in a process."""
    return Index()


def search(query: str, limit: int = 10) -> list[Match]:
    """The occupations that are best found by ``query``, each by its best title, at most ``limit`` of them.

    A query of more than 100 characters or 8 words is cut there. Ties go to the shorter title, then to the
    occupation with more people in it, then by code.
    """
    known = index()
    asked = tuple(dict.fromkeys(words_of(query[:LONGEST_QUERY])))[:MOST_WORDS]
    if not asked:
        return []
    found = sorted(
        (-rank, len(title.text), -known.employment(title.code), title.code, title.text)
        for title, rank in known.best(asked, limit)
    )
    matches: dict[str, Match] = {}
    for rank, _, _, code, text in found:
        if code not in matches:
            matches[code] = Match(code, known.main[code], text, -rank, known.status(code))
    return list(matches.values())[:limit]
