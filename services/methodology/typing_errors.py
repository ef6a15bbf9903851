"""Words as people type them: without case, accents and punctuation, and how many errors lie between two."""

import re
import unicodedata


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents and punctuation."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
    return tuple(re.findall(r"[a-z0-9+#]+", plain))


def trigrams(word: str) -> set[str]:
    """The letters of a word in threes, its beginning and end marked."""
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
