"""The pages of one service: their routes, what goes round each of them, and how an error looks.

::

    site = Site("intake", settings.issuer, secret, [Path(__file__).parent])
    application.add_routes([site.get("/", start), site.post("/occupation", occupation), *site.table()])
    site.join(application)

A handler takes a `Visit` and gives a response, mostly by `visit.page("name.html", …)` or `visit.see_other("/path")`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
from aiohttp import web

from infra.http.body import in_time
from infra.http.client_address import address_of
from infra.http.problems import Handler, Problem, has_gone, unforeseen
from infra.pages.environment import install
from infra.pages.forgery import FIELD, Tokens, from_our_own_page
from infra.pages.form import Form
from infra.pages.language import LANGUAGES, choose
from infra.pages.security import secure
from infra.pages.session import Sealer
from infra.pages.static import STATIC, StaticFiles
from infra.pages.visit import LANGUAGE_COOKIE, Visit

Draw = Callable[[Visit], Awaitable[web.StreamResponse]]
_YEAR = 31_536_000
_OF_NO_PAGE = {
    404: ("not-found", "Not found"),
    405: ("not-found", "Not found"),
    429: ("too-many-requests", "Too many requests"),
}
"""What is answered before a page has a say."""
_TOLD = ("Retry-After",)


class Site:
    """Those of a service under the public address `address`; its session cookie and secret are its own.

    `places` are packages that hold `templates`, `locale` and, where there is one, `static`. `values` are known to
    every template. `proxies` of our own stand in front.
    """

    def __init__(
        self,
        service: str,
        address: str,
        secret: bytes,
        places: Sequence[Path],
        values: Mapping[str, object] | None = None,
        *,
        proxies: int = 0,
    ) -> None:
        self._address = address
        self._proxies = proxies
        self._tls = urlsplit(address).scheme == "https"
        self._cookie = f"__Host-{service}" if self._tls else f"careerpulse-{service}"
        self._sealer = Sealer(secret, self._cookie)
        self._tokens = Tokens(secret)
        self._places = places
        self._static = StaticFiles([STATIC, *(place / "static" for place in places if (place / "static").is_dir())])
        self._values = {"static": self._static.address, **(values or {})}
        self._environments: Mapping[str, jinja2.Environment] = {}

    def join(self, application: web.Application) -> None:
        """Belong to an application: its templates, its static files, and pages for what it does not find."""
        self._environments = install(application, self._places, self._values)
        application.add_routes(self._static.table())
        application.middlewares.insert(0, self._as_page)

    def get(self, path: str, draw: Draw) -> web.RouteDef:
        """A page."""
        return web.get(path, self._around(draw))

    def post(self, path: str, draw: Draw, again: Draw | None = None) -> web.RouteDef:
        """What a form does. Whoever asks for another language while filling it in (`keeps_form` of the layout) is
        shown it by `again`, with what was filled in; nothing is done. Without `again`, `draw` does nothing but show.
        """
        return web.post(path, self._around(draw, again))

    def _around(self, draw: Draw, again: Draw | None = None) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            visit = self._visit(request)
            try:
                await self._take_form(visit)
                response = await (again if again is not None and visit.form.has("lang") else draw)(visit)
            except Problem as problem:
                response = error_page(visit, problem)
            except web.HTTPRequestEntityTooLarge:
                response = error_page(visit, Problem(413, "too-large", "The form is too large"))
            except Exception as error:
                if isinstance(error, web.HTTPException) or has_gone(request):
                    raise
                response = error_page(visit, unforeseen(request, error))
            self._finish(visit, response)
            return response

        return handler

    def _visit(self, request: web.Request) -> Visit:
        asked = request.query.get("lang")
        kept, accepted = request.cookies.get(LANGUAGE_COOKIE), request.headers.get("Accept-Language", "")
        session = self._sealer.opened(request.cookies.get(self._cookie))
        address = address_of(request, self._proxies)
        language = choose(asked, kept, accepted)
        return Visit(request, address, language, session, self._tokens, self._environments, asked)

    async def _take_form(self, visit: Visit) -> None:
        """Read the form that is sent. Raises Problem (403) where it does not come from our own pages."""
        request = visit.request
        if request.method != "POST":
            return
        if request.content_type not in ("application/x-www-form-urlencoded", "multipart/form-data", ""):
            raise Problem(415, "content-type", "Wrong content type")
        try:
            sent = await in_time(request.post())
        except (ValueError, LookupError):
            raise Problem(400, "malformed-body", "Malformed form") from None
        values = {name: [one for one in sent.getall(name) if isinstance(one, str)] for name in sent}
        visit.form = Form(values)
        token = visit.form.get(FIELD)
        if not from_our_own_page(request, self._address) or (
            visit.session and not self._tokens.fits(visit.session.id, token)
        ):
            raise Problem(403, "not-our-form", "The form does not come from this page")
        visit.speak(visit.form.get("lang"))

    def _finish(self, visit: Visit, response: web.StreamResponse) -> None:
        secure(response.headers, tls=self._tls)
        if visit.chosen in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE, visit.chosen, max_age=_YEAR, samesite="Lax", httponly=True, secure=self._tls
            )
        if not visit.session.changed:
            return
        if visit.session:
            value = self._sealer.sealed(visit.session)
            response.set_cookie(self._cookie, value, samesite="Lax", httponly=True, secure=self._tls)
        else:
            response.del_cookie(self._cookie, samesite="Lax", httponly=True, secure=self._tls)

    @web.middleware
    async def _as_page(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A page, and no document for programs, where a browser asks too often, or for what there is not."""
        response = await handler(request)
        is_error = response.status in _OF_NO_PAGE and response.content_type == "application/problem+json"
        if not is_error or "text/html" not in request.headers.get("Accept", ""):
            return response
        visit = self._visit(request)
        page = error_page(visit, Problem(response.status, *_OF_NO_PAGE[response.status]))
        page.headers.update({name: response.headers[name] for name in _TOLD if name in response.headers})
        self._finish(visit, page)
        return page


def error_page(visit: Visit, problem: Problem) -> web.Response:
    """The error as a person reads it; a template of its own for each status that says what to do."""
    response = visit.page("error.html", status=problem.status, problem=problem)
    response.headers.update(problem.headers)
    return response
