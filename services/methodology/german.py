"""German titles name women and men in one form, such as ``Lehrer/in``; people search for one of the two.

``Lehrer/in`` adds the ending, ``Geistliche/r`` likewise, ``Arzt/Ärztin`` gives both in full, and ``Kaufmann/-frau``
and ``Zoologe/-biologin`` begin the second where the first has the same letters.
"""

import re

_PAIR = re.compile(r"([\w-]+)/([\w-]+)")
_ENDING = re.compile(r"(?<=\w)[/:*_]-?in(?:nen)?\b")
_ADVERTISED = re.compile(r"\(?\b[mwdfx](?:/[mwdfx]){1,2}\b\)?")
_SHARED_LETTERS = 3
_WRITTEN_OUT = re.compile(r"(?<![aeq])ue|ae|oe")
SMALL_WORDS = frozenset({"am", "an", "auf", "bei", "der", "des", "fur", "im", "in", "und", "von", "zu", "zur"})
_PERSON = re.compile(r"(?:\w+/r )?\w[\w-]*/[\w-]+|\w+(?:kraft|assistenz)")
_LAST_PERSON = re.compile(rf"({_PERSON.pattern})((?: (?:für|in|im|am|an|auf|der|von)\b.*)?)")
_BETWEEN = re.compile(r", | und ")


def forms(title: str) -> tuple[str, ...]:
    """The title for a man and for a woman; one alone where it is neutral."""
    man = _PAIR.sub(lambda found: _both(*found.groups())[0], title)
    woman = _PAIR.sub(lambda found: _both(*found.groups())[1], title)
    return (man,) if man == woman else (man, woman)


def without_endings(query: str) -> str:
    """What was searched without ``/in``, ``:innen``, ``*in`` or ``(m/w/d)``, which say nothing of the work."""
    return _ENDING.sub("", _ADVERTISED.sub("", query))


def without_umlauts(word: str) -> str:
    """``Bäcker`` and ``Baecker`` alike, of small letters without their dots; ``Bauer`` and ``Steuer`` stay."""
    return _WRITTEN_OUT.sub(lambda found: found[0][0], word)


def names(title: str) -> tuple[str, ...]:
    """The names of people that a title joins, none where it is one: ``Maler/in und Lackierer/in am Bau`` has
    ``Maler/in am Bau`` and ``Lackierer/in am Bau``.
    """
    *firsts, rest = _BETWEEN.split(title)
    last = _LAST_PERSON.fullmatch(rest)
    if not firsts or last is None or not all(_PERSON.fullmatch(one) for one in firsts):
        return ()
    return tuple(name + last[2] for name in (*firsts, last[1]))


def _both(first: str, second: str) -> tuple[str, str]:
    if second == "r":
        return first + second, first
    if second.startswith("-"):
        return first, _begun(first, second[1:])
    return first, second if second[0].isupper() else first + second


def _begun(first: str, ending: str) -> str:
    """``ending`` in the place of the part of ``first`` that it stands for."""
    place = first.rfind("mann") if ending == "frau" else first.rfind(ending[:_SHARED_LETTERS])
    return first[:place] + ending
