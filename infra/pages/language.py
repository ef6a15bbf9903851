"""Which language a page is in: as asked in the address, else as chosen before, else as the browser prefers."""

from collections.abc import Iterator

LANGUAGES = ("en", "de")
NAMES = {"en": "English", "de": "Deutsch"}
DEFAULT = LANGUAGES[0]


def choose(asked: str | None, kept: str | None, accepted: str) -> str:
    """One of LANGUAGES; `accepted` is an `Accept-Language` header (RFC 9110, 12.5.4), or empty."""
    for wish in (asked, kept, *_preferred(accepted)):
        if wish in LANGUAGES:
            return str(wish)
    return DEFAULT


def _preferred(header: str) -> Iterator[str]:
    """The primary subtags, the most wanted first; what is malformed or of weight 0 is left out."""
    weighed: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, weight = part.partition(";q=")
        try:
            weighed.append((-float(weight or 1), tag.strip().lower().partition("-")[0]))
        except ValueError:
            continue
    yield from (tag for weight, tag in sorted(weighed, key=lambda one: one[0]) if weight < 0)
