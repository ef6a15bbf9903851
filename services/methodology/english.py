"""English titles name an occupation by the plural, such as ``Roofers``; people search for the singular."""

import re

SMALL_WORDS = frozenset({"and", "at", "for", "in", "of", "on", "the", "to"})
_JOINED = re.compile(r",? and |, ")
_PLURAL = re.compile(r"(\w{2,}[^aeiou])(ies)|(\w+(?:ss|sh|ch))(es)|(\w{2,}[^s])(s)")
_ONE_PLURAL = re.compile(r"\w+[^\Ws]s")


def singular(word: str) -> str:
    """``roofer`` of ``roofers``, ``secretary`` of ``secretaries``, ``coach`` of ``coaches``; a short word stays."""
    found = _PLURAL.fullmatch(word)
    if found is None:
        return word
    return f"{found[1]}y" if found[1] else found[3] or found[5]


def names(title: str) -> tuple[str, ...]:
    """The plurals of one word that a title joins, none where it says more: ``Accountants and Auditors``."""
    joined = _JOINED.split(title)
    return tuple(joined) if len(joined) > 1 and all(map(_ONE_PLURAL.fullmatch, joined)) else ()
