"""The Jinja environment of each language: everything escaped, nothing undefined, messages translated."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web
from babel.support import Translations
from markupsafe import Markup

from infra.pages.catalogue import LOCALE, translations
from infra.pages.formats import Formats
from infra.pages.language import LANGUAGES, NAMES

TEMPLATES = Path(__file__).with_name("templates")
KEYS: Mapping[str, web.AppKey[jinja2.Environment]] = {
    language: web.AppKey(f"pages-{language}", jinja2.Environment) for language in LANGUAGES
}


def install(
    application: web.Application, places: Sequence[Path], values: Mapping[str, Any]
) -> dict[str, jinja2.Environment]:
    """Give an application one environment for each language. `places` are packages with `templates` and `locale`."""
    return {language: _environment(application, language, places, values) for language in LANGUAGES}


def _environment(
    application: web.Application, language: str, places: Sequence[Path], values: Mapping[str, Any]
) -> jinja2.Environment:
    environment = aiohttp_jinja2.setup(
        application,
        app_key=KEYS[language],
        loader=jinja2.FileSystemLoader([*(place / "templates" for place in places), TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    messages = translations(language, [LOCALE, *(place / "locale" for place in places)])
    environment.install_gettext_translations(messages, newstyle=True)  # type: ignore[attr-defined]
    formats = Formats.of(language)
    for name in ("number", "percent", "money", "day", "moment", "month", "short_month"):
        environment.filters[name] = getattr(formats, name)
    environment.filters["breakable"] = breakable
    environment.globals["_"] = saying(messages)
    environment.globals.update(values, language=language, languages=NAMES, formats=formats, catalogue=messages)
    return environment


def saying(catalogue: Translations) -> Callable[..., Markup]:
    """`_` of the templates: a message in the language of the catalogue, with values that are escaped in it.

    A page says a hundred of them, and Jinja's own would look for itself through the context of each. Those without a
    value stand in the templates word for word, so they are few, and made once.
    """

    @cache
    def alone(message: str) -> Markup:
        return Markup(catalogue.gettext(message)) % {}  # noqa: S704 - a message is ours

    def says(message: str, /, **values: object) -> Markup:
        return Markup(catalogue.gettext(message)) % values if values else alone(message)  # noqa: S704 - as above

    return says


def breakable(words: str) -> Markup:
    """The words, which may be broken behind a slash where they do not fit: no browser does so between letters."""
    return Markup("/<wbr>").join(words.split("/"))
