"""One request for a page: its language, its session, its form, and the ways to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web
from babel.support import Translations

from infra.pages.environment import KEYS
from infra.pages.forgery import FIELD, Tokens
from infra.pages.form import Form
from infra.pages.formats import Formats
from infra.pages.language import LANGUAGES
from infra.pages.session import Session

LANGUAGE_COOKIE = "careerpulse-language"


@dataclass(slots=True)
class Visit:
    """`address` is the one that attempts are counted to, and is kept nowhere. `chosen` is the language that was asked
    for just now, and is kept when it is one of ours.
    """

    request: web.Request
    address: str
    language: str
    session: Session
    tokens: Tokens
    environments: Mapping[str, jinja2.Environment]
    chosen: str | None = None
    form: Form = field(default_factory=Form)

    @property
    def formats(self) -> Formats:
        """Numbers, money and dates in the visitor's language."""
        found: Formats = self.environments[self.language].globals["formats"]  # type: ignore[assignment]
        return found

    def speak(self, language: str) -> None:
        """Go on in another language, if it is one of ours."""
        if language in LANGUAGES:
            self.language = self.chosen = language

    def page(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """A page. Every template knows `form`, `csrf`, `path`, `session`, `language`, `formats` and `static`."""
        context = {
            "form": self.form,
            "path": self.request.path,
            "session": self.session,
            FIELD: self.tokens.token(self.session.id),
            **values,
        }
        return aiohttp_jinja2.render_template(
            template, self.request, context, app_key=KEYS[self.language], status=status
        )

    def drawn(self, template: str, **values: Any) -> str:
        """What a template gives, for example for a document to print."""
        return self.environments[self.language].get_template(template).render(form=self.form, **values)

    def says(self, message: str, **values: Any) -> str:
        """A message in the visitor's language, as `_` in a template; `%(name)s` stands for a value."""
        catalogue: Translations = self.environments[self.language].globals["catalogue"]  # type: ignore[assignment]
        translated: str = catalogue.gettext(message)
        return translated % values if values else translated

    def see_other(self, path: str) -> web.Response:
        """Go on to another page of ours (RFC 9110, 15.4.4). Raises ValueError for an address elsewhere."""
        if not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
            raise ValueError("a redirect goes to a path of this service")
        return web.Response(status=303, headers={"Location": path})
