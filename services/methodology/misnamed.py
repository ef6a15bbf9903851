"""Occupations that were named by a title or by another code than an O*NET-SOC code: what was probably meant."""

import re
from typing import Any

from services.methodology.search import UNRATED, search
from services.methodology.version import ENGLISH, Version

SUGGESTED = 3
CODE = re.compile(r"[0-9]{2}-[0-9]{4}\.[0-9]{2}")
_SOC = re.compile(r"[0-9]{2}-[0-9]{4}")


def misnamed(version: Version, answers: Any, language: str = ENGLISH) -> dict[int, str]:
    """What would be right for each occupation of a document that does not have the form of a code, by its place.

    The document may have any form; where it has none that can be read, nothing is said.
    """
    occupations = answers.get("occupations") if isinstance(answers, dict) else None
    named = [
        (place, one["code"])
        for place, one in enumerate(occupations if isinstance(occupations, list) else ())
        if isinstance(one, dict) and isinstance(one.get("code"), str)
    ]
    return {place: meant(version, text, language) for place, text in named if CODE.fullmatch(text) is None}


def meant(version: Version, text: str, language: str = ENGLISH) -> str:
    """The form of a code, and the titles nearest to a text, each with its code."""
    codes = _detailed(version, text) if _SOC.fullmatch(text) else _found(text, language)
    titles = "; ".join(f"{version.name(code, language)} ({code})" for code in codes)
    key = "finding.occupation_misnamed" if titles else "finding.occupation_not_found"
    return version.text(key, language).format(nearest=titles)


def _detailed(version: Version, soc: str) -> list[str]:
    """The occupations of a SOC code, else those nearest to it in the classification."""
    codes = [one.code for one in version.occupations()]
    of_it = [code for code in codes if code.startswith(soc)]
    return (of_it or sorted(codes, key=lambda code: (code[:2] != soc[:2], _apart(code, soc), code)))[:SUGGESTED]


def _apart(code: str, soc: str) -> int:
    return abs(int(code[3:7]) - int(soc[3:]))


def _found(text: str, language: str) -> list[str]:
    return [one.code for one in search(text, 2 * SUGGESTED, language) if one.status != UNRATED][:SUGGESTED]
