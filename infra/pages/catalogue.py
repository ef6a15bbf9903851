"""Messages in each language: the .po files as they stand in the repository, compiled in memory at start.

The English text is the key of a message, so English has no file. A test holds that every other language is complete.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from infra.pages.language import DEFAULT

LOCALE = Path(__file__).with_name("locale")


def translations(language: str, places: Sequence[Path]) -> Translations:
    """The messages of these directories' `LANGUAGE.po`; a later directory's message wins."""
    merged = Translations()
    if language == DEFAULT:
        return merged
    for place in places:
        merged.merge(_compiled(place / f"{language}.po"))
    return merged


def _compiled(path: Path) -> Translations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
