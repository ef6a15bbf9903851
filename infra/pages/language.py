"""Which language a page is in: as asked in the address, else as chosen before, else as the browser prefers."""

from infra.http.languages import accepted

LANGUAGES = ("en", "de")
NAMES = {"en": "English", "de": "Deutsch"}
DEFAULT = LANGUAGES[0]


def choose(asked: str | None, kept: str | None, header: str) -> str:
    """One of LANGUAGES; `header` is an `Accept-Language` header (RFC 9110, 12.5.4), or empty."""
    for wish in (asked, kept, accepted(header, LANGUAGES)):
        if wish in LANGUAGES:
            return str(wish)
    return DEFAULT
