"""The messages that templates and code speak, for translators and for the test that none is forgotten.

`python -m infra.pages.messages PACKAGE…` brings `PACKAGE/locale/LANGUAGE.po` up to date: what is new has an empty
translation, what is gone is dropped.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from infra.pages.language import DEFAULT, LANGUAGES

_METHODS = [("**/templates/**.*", "jinja2.ext:babel_extract"), ("**.py", "python")]
_OPTIONS = {"**/templates/**.*": {"trim_blocks": "true", "lstrip_blocks": "true", "extensions": "jinja2.ext.do"}}
_LEFT_OUT = ("#", '"Project-Id', '"Report-', '"POT-', '"PO-Rev', '"Last-', '"Language-Team', '"Generated-By')
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "says": None, "N_": None}


def spoken(package: Path) -> Catalog:
    """All messages of a package."""
    catalogue = Catalog()
    found = extract_from_dir(str(package), _METHODS, _OPTIONS, _KEYWORDS, comment_tags=("i18n:",))
    for _, _, message, comments, context in found:
        catalogue.add(message, auto_comments=comments, context=context)
    return catalogue


def translated(package: Path, language: str) -> Catalog:
    """The catalogue as it stands."""
    with (package / "locale" / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def missing(package: Path, language: str) -> Iterator[str]:
    """Messages without a translation, and translations that nobody speaks any more."""
    there = {message.id: message for message in translated(package, language) if message.id}
    wanted = {message.id for message in spoken(package) if message.id}
    for text in sorted(map(str, wanted - there.keys())):
        yield f"not translated: {text}"
    for text in sorted(map(str, there.keys() - wanted)):
        yield f"spoken nowhere: {text}"
    for message in there.values():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy or not all(strings):
            yield f"empty or fuzzy: {message.id}"


def _update(package: Path, language: str) -> None:
    path = package / "locale" / f"{language}.po"
    path.parent.mkdir(exist_ok=True)
    old = translated(package, language) if path.exists() else Catalog(locale=language)
    new = Catalog(locale=language, fuzzy=False)
    for message in spoken(package):
        if message.id:
            known = old.get(message.id, message.context)
            new.add(message.id, known.string if known else None, context=message.context)
    written = BytesIO()
    write_po(written, new, width=110, sort_output=True, omit_header=False)
    lines = written.getvalue().decode().splitlines(keepends=True)
    # No dates, names and tools: the file says what is translated and changes with it alone.
    kept = [line for line in lines if not line.startswith(_LEFT_OUT)]
    path.write_text("".join(kept).lstrip("\n"))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        for each in LANGUAGES:
            if each != DEFAULT:
                _update(Path(name), each)
