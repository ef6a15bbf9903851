"""Titles by their words: which of them a query means, and how well.

Each word of the query is matched to the words that occur in titles: exactly, as a beginning, or within one
typing error (two in long words; Damerau 1964: insertion, deletion, substitution, transposition); in German also
as the end of a compound, which says what it is (``Lehrer`` in ``Grundschullehrer``), and a compound that no title
has by its two parts. A title's rank is the mean quality of its matches less a little for every word that was not
asked for, small ones such as ``and`` left out. All of it is whole numbers, so the same query gives the same list
everywhere.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter

from services.methodology import english, german
from services.methodology.typing_errors import errors_between, trigrams

EXACT, BEGINNING, END, ONE_ERROR, BOTH_PARTS, TWO_ERRORS = 1000, 850, 800, 750, 600, 500
SHORTEST_PART = 4
UNASKED_WORD = 25
SMALL_WORDS = german.SMALL_WORDS | english.SMALL_WORDS
MAIN_TITLE = 10


@dataclass(frozen=True, slots=True, order=True)
class Title:
    """``main`` where it is the occupation's own, ``later`` where its words are a name in it that is not the first."""

    text: str
    code: str
    words: tuple[str, ...]
    main: bool
    later: bool = False


class Index:
    """Titles by their words, and all words by their letters in threes.

    ``spelled`` makes one spelling of those that a word has; ``compounds`` says that a word may be found by its end
    too.
    """

    def __init__(
        self, titles: Iterable[Title], spelled: Callable[[str], str] = str, *, compounds: bool = False
    ) -> None:
        self.titles = tuple(titles)
        self.spelled = spelled
        self.compounds = compounds
        self.telling = tuple(_telling(title.words) for title in self.titles)
        self.by_word: dict[str, list[int]] = defaultdict(list)
        self.by_trigram: dict[str, list[str]] = defaultdict(list)
        for number, title in enumerate(self.titles):
            for word in dict.fromkeys(map(spelled, title.words)):
                self.by_word[word].append(number)
        for word in sorted(self.by_word):
            for trigram in trigrams(word):
                self.by_trigram[trigram].append(word)

    def knows(self, asked: tuple[str, ...]) -> bool:
        """Whether a title has every word, whole or as the end of a compound."""
        return bool(set.intersection(*map(self._having, map(self.spelled, asked))))

    def _having(self, word: str) -> set[int]:
        return self._titles([word, *self._ending(word)] if self.compounds else [word])

    def qualities(self, asked: str, *, mistyped: bool) -> dict[str, int]:
        """The words that ``asked`` may mean, with the quality of each."""
        shared: dict[str, int] = defaultdict(int)
        for trigram in trigrams(asked):
            for word in self.by_trigram.get(trigram, ()):
                shared[word] += 1
        errors = 0 if len(asked) < 4 or not mistyped else 1 if len(asked) < 7 else 2
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
        if self.compounds and len(asked) >= SHORTEST_PART and word.endswith(asked):
            return END
        if not errors:
            return 0
        made = errors_between(asked, word, errors)
        return 0 if made > errors else ONE_ERROR if made == 1 else TWO_ERRORS

    def _beginning(self, part: str) -> list[str]:
        return [word for word in self.by_trigram.get(f"^{part[:2]}", ()) if word.startswith(part)]

    def _ending(self, part: str) -> list[str]:
        if len(part) < SHORTEST_PART:
            return []
        return [word for word in self.by_trigram.get(f"{part[-2:]}$", ()) if word.endswith(part)]

    def _with_both_parts(self, asked: str) -> set[int]:
        """The titles in which a word begins and a word ends as a compound does: ``Lagerarbeiter`` in ``Lager- und
        Transportarbeiter``.
        """
        found: set[int] = set()
        ends = self._ending(asked[-SHORTEST_PART:])
        for cut in range(len(asked) - SHORTEST_PART, SHORTEST_PART - 1, -1):
            ends = [word for word in ends if word.endswith(asked[cut:])]
            if not ends:
                break
            found |= self._titles(ends) & self._titles(self._beginning(asked[:cut]))
        return found

    def _titles(self, words: Iterable[str]) -> set[int]:
        return {number for word in words for number in self.by_word.get(word, ())}

    def ranks(self, asked: tuple[str, ...], *, mistyped: bool) -> dict[int, int]:
        """Each title that matches any word, with its rank; also those that a word may be mistyped of."""
        gathered: dict[int, int] = defaultdict(int)
        for word in asked:
            for title, quality in self._found(self.spelled(word), mistyped=mistyped).items():
                gathered[title] += quality
        telling = _telling(asked)
        return {number: self._rank(number, total // len(asked), telling) for number, total in gathered.items()}

    def _found(self, word: str, *, mistyped: bool) -> dict[int, int]:
        """Each title that matches the word, with the quality of its best match."""
        parts = self._with_both_parts(word) if self.compounds and mistyped else ()
        best = dict.fromkeys(parts, BOTH_PARTS)
        for meant, quality in sorted(self.qualities(word, mistyped=mistyped).items(), key=itemgetter(1)):
            for title in self.by_word[meant]:
                best[title] = max(quality, best.get(title, 0))
        return best

    def best(self, asked: tuple[str, ...], limit: int, *, mistyped: bool) -> list[tuple[Title, int]]:
        """The titles of the highest ranks, as many ranks as it takes to name ``limit`` occupations."""
        by_rank: dict[int, list[int]] = defaultdict(list)
        for number, rank in self.ranks(asked, mistyped=mistyped).items():
            by_rank[rank].append(number)
        found: list[tuple[Title, int]] = []
        codes: set[str] = set()
        for rank in sorted(by_rank, reverse=True):
            titles = [self.titles[number] for number in by_rank[rank]]
            found.extend((title, rank) for title in titles)
            codes.update(title.code for title in titles)
            if len(codes) >= limit:
                break
        return found

    def _rank(self, number: int, quality: int, asked: int) -> int:
        title = self.titles[number]
        unasked = max(0, self.telling[number] - asked)
        return max(0, quality - UNASKED_WORD * unasked) + MAIN_TITLE * (title.main and not title.later)


def _telling(words: tuple[str, ...]) -> int:
    """How many of the words say something of the work."""
    return sum(word not in SMALL_WORDS for word in words)
