"""The interface document of a service, OpenAPI 3.1.1, out of its routes and what is declared beside their handlers.

What a client sends is closed: unknown members are refused. What it gets is open: members may be added to an answer,
and a client passes over what it does not know.
"""

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web

from infra.http.by_address import FREE
from infra.http.cacheable import cacheable
from infra.http.operation import Answer, Operation, Proof, Shape, json_of, operation, operation_of
from infra.http.problems import CONTENT_TYPE
from infra.http.webhooks import Webhook, path_item
from infra.version import SOFTWARE
from schemas.components import Components
from schemas.problem import ProblemDocument

PLACE = "/openapi.json"
_PART = re.compile(r"\{([a-z_]+)(?::((?:[^{}]|\{[^{}]*\})+))?\}")
"""A part of a route's path, `{name:pattern}`, as aiohttp reads it."""
_EVERYWHERE = (
    "A member may be added to any answer, so pass over those that you do not know. "
    "Every error is a problem document (RFC 9457)."
)
Document = dict[str, Any]
_TOO_MANY = 429


class Undescribed(TypeError):
    """A route whose handler has no declaration. Says which, and what to do."""


class _Held:
    """The document, which describes the route that serves it as well."""

    body: bytes = b""

    @operation(answers={200: json_of({"type": "object"}, "An OpenAPI 3.1 document."), 304: Answer()})
    async def openapi(self, request: web.Request) -> web.Response:
        """This interface as an OpenAPI document."""
        return cacheable(request, orjson.Fragment(self.body), sha256(self.body).hexdigest()[:32])


@dataclass(frozen=True, slots=True)
class Interface:
    """The interface of one service: its title, an introduction, and the security schemes by name.

    Where it is `limited` by address, every operation may answer 429. `webhooks` are what it sends by itself.
    """

    title: str
    about: str
    schemes: Mapping[str, Document] = field(default_factory=dict)
    limited: bool = False
    webhooks: Sequence[Webhook] = ()

    def served(self, routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
        """The routes and `/openapi.json`, which describes them all. Raises Undescribed."""
        held = _Held()
        listed = [*routes, web.get(PLACE, held.openapi)]
        held.body = orjson.dumps(self.document(listed))
        return listed

    def published(self, routes: Iterable[web.RouteDef]) -> Document:
        """The document that is served where these are the routes. Raises Undescribed."""
        return self.document([*routes, web.get(PLACE, _Held().openapi)])

    def document(self, routes: Sequence[web.RouteDef]) -> Document:
        """The document. Raises Undescribed for a route without a declaration."""
        declared = [(route, self._declared(route)) for route in routes]
        sent = Components(closed=True)
        for _, one in declared:
            for shape in one.takes.values():
                sent.shape(shape)
        components = Components(closed=False, already=sent)
        paths: dict[str, Document] = {}
        for route, one in declared:
            path = _PART.sub(r"{\1}", route.path)
            paths.setdefault(path, {})[route.method.lower()] = _operation(route, one, components)
        sends = {one.type: path_item(one, components) for one in self.webhooks}
        used = {proof.scheme for _, one in declared for proof in one.proofs}
        return {
            "openapi": "3.1.1",
            "info": {
                "title": self.title,
                "version": SOFTWARE,
                "description": f"{self.about} {_EVERYWHERE}",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "paths": paths,
            **({"webhooks": sends} if sends else {}),
            "components": {
                "schemas": components.schemas,
                "securitySchemes": {name: scheme for name, scheme in self.schemes.items() if name in used},
            },
        }

    def _declared(self, route: web.RouteDef) -> Operation:
        found = operation_of(route.handler)
        if found is None:
            raise Undescribed(
                f"{route.method} {route.path}: put @operation(answers=…, problems=…, proofs=…) beside "
                f"{getattr(route.handler, '__qualname__', route.handler)} (infra/http/operation.py)"
            )
        if not self.limited or route.path in FREE or _TOO_MANY in found.problems:
            return found
        return replace(found, problems=(*found.problems, _TOO_MANY))


def _operation(route: web.RouteDef, one: Operation, components: Components) -> Document:
    handler: Any = route.handler
    told = one.about or inspect.getdoc(handler) or ""
    if not told:
        raise Undescribed(f"{route.method} {route.path}: its handler has neither a docstring nor `about`")
    summary, _, rest = told.partition("\n")
    document: Document = {"operationId": one.name or handler.__name__.strip("_"), "summary": summary}
    if rest.strip():
        document["description"] = " ".join(rest.split())
    if one.deprecated:
        document["deprecated"] = True
    if parameters := _parameters(route.path, one):
        document["parameters"] = parameters
    if one.takes:
        document["requestBody"] = {"required": True, "content": _content(one.takes, components)}
    answers = {str(status): _answer(status, answer, components) for status, answer in one.answers.items()}
    problem = {CONTENT_TYPE: {"schema": components.shape(ProblemDocument)}}
    answers |= {
        str(status): {"description": HTTPStatus(status).phrase, "content": problem} for status in one.problems
    }
    document["responses"] = answers
    document["security"] = [_security(proof) for proof in one.proofs]
    return document


def _parameters(path: str, one: Operation) -> list[Document]:
    parts = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^(?:{pattern or '[^/]+'})$"},
        }
        for name, pattern in _PART.findall(path)
    ]
    return [*parts, *(p.document("query") for p in one.query), *(p.document("header") for p in one.headers)]


def _answer(status: int, answer: Answer, components: Components) -> Document:
    document: Document = {"description": answer.description or HTTPStatus(status).phrase}
    if answer.headers:
        document["headers"] = {
            one.name: {"description": one.description, "required": one.required, "schema": dict(one.schema)}
            for one in answer.headers
        }
    if answer.content:
        document["content"] = _content(answer.content, components)
    return document


def _content(content: Mapping[str, Shape], components: Components) -> Document:
    return {kind: {"schema": components.shape(shape)} for kind, shape in content.items()}


def _security(proof: Proof) -> Document:
    return {proof.scheme: [proof.scope] if proof.scope else []} if proof.scheme else {}
