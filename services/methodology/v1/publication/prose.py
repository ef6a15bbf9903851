"""The prose of the pages, for machines: cut from the pages themselves, so that they cannot say different things."""

from functools import cache

from services.methodology.v1.publication.advice_page import advice_page
from services.methodology.v1.publication.example import section as example
from services.methodology.v1.publication.figures_page import figures_page
from services.methodology.v1.publication.limits_page import limits_page
from services.methodology.v1.publication.score_page import score_page
from services.methodology.version import Version

_ELSEWHERE = {"Dimensions", "Of every result", "Not claimed", "Change notes"}
"""Sections that the document has as members of their own."""


def prose(version: Version) -> list[dict[str, str]]:
    """Each section with its page, its title and its text in English, as Markdown with formulas and tables."""
    return [{"page": page, "title": title, "text": text} for page, title, text in _cut(version)]


@cache
def _cut(version: Version) -> tuple[tuple[str, str, str], ...]:
    """Page, title and text of each section; once in a process, because the worked example is scored for it."""
    written = {
        "score": f"{score_page(version)}\n{example(version)}",
        "advice": advice_page(version),
        "figures": figures_page(version),
        "limits": limits_page(version),
    }
    return tuple(
        (page, title, text.strip())
        for page, whole in written.items()
        for title, _, text in (section.partition("\n") for section in _sections(whole))
        if title not in _ELSEWHERE
    )


def _sections(page: str) -> list[str]:
    """What stands under each heading of the second level; what stands before the first under that of the page."""
    first, *others = page.split("\n## ")
    opening = first.removeprefix("# ")
    return [*([opening] if "\n" in opening.strip() else []), *others]
