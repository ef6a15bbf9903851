"""German titles name women and men in one form, such as ``Lehrer/in``; people search for one of the two.

``Lehrer/in`` adds the ending, ``Geistliche/r`` likewise, ``Arzt/Ärztin`` gives both in full, and ``Kaufmann/-frau``
and ``Zoologe/-biologin`` begin the second where the first has the same letters.
"""

import re

_PAIR = re.compile(r"([\w-]+)/([\w-]+)")
_ENDING = re.compile(r"(?<=\w)[/:*_]-?in(?:nen)?\b")
_ADVERTISED = re.compile(r"\(?\b[mwdfx](?:/[mwdfx]){1,2}\b\)?")
_SHARED_LETTERS = 3


def forms(title: str) -> tuple[str, ...]:
    """The title for a man and for a woman; one alone where it is neutral."""
    man = _PAIR.sub(lambda found: _both(*found.groups())[0], title)
    woman = _PAIR.sub(lambda found: _both(*found.groups())[1], title)
    return (man,) if man == woman else (man, woman)


def without_endings(query: str) -> str:
    """What was searched without ``/in``, ``:innen``, ``*in`` or ``(m/w/d)``, which say nothing of the work."""
    return _ENDING.sub("", _ADVERTISED.sub("", query))


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
