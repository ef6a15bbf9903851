"""What a handler takes and answers, declared beside it: published as its contract, and enforced where it can be.

A declaration is data. `infra.http.openapi` makes the interface document out of all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from schemas.components import Named

Handler = TypeVar("Handler", bound=Callable[..., Any])
Shape = Named | tuple[Named, ...] | Mapping[str, Any]
"""A schema, several of which one fits, or JSON Schema written out."""
Content = Mapping[str, Shape]
"""Shapes by content type."""
_MARK = "operation"
JSON = "application/json"
TEXT: Shape = {"type": "string"}


@dataclass(frozen=True, slots=True)
class Proof:
    """One way to say who one is: a security scheme and, for organisations, the scope that is needed."""

    scheme: str
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query or a header, with its JSON Schema."""

    name: str
    description: str
    schema: Mapping[str, Any]
    required: bool = False

    def document(self, where: str) -> dict[str, Any]:
        """How it stands in an OpenAPI document, within the query or as a header."""
        return {
            "name": self.name,
            "in": where,
            "required": self.required,
            "description": self.description,
            "schema": dict(self.schema),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered under one status."""

    content: Content = field(default_factory=dict)
    description: str = ""
    headers: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Deprecated:
    """Since when an operation is on its way out, when it ends, and the path of what takes its place."""

    since: date
    sunset: date
    successor: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Everything about one handler that a client must know beside its docstring.

    `proofs` are alternatives; empty means that nobody is asked. `problems` are the statuses of problem documents.
    """

    answers: Mapping[int, Answer]
    problems: tuple[int, ...] = ()
    proofs: tuple[Proof, ...] = ()
    takes: Content = field(default_factory=dict)
    query: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    name: str | None = None
    about: str | None = None
    deprecated: Deprecated | None = None


def operation(
    *,
    answers: Mapping[int, Answer],
    problems: Sequence[int] = (),
    proofs: Sequence[Proof] = (),
    takes: Content | None = None,
    query: Sequence[Parameter] = (),
    headers: Sequence[Parameter] = (),
    name: str | None = None,
    about: str | None = None,
    deprecated: Deprecated | None = None,
) -> Callable[[Handler], Handler]:
    """Declare a handler. `name` is its operation id and `about` its description, where the function does not say."""
    declared = Operation(
        answers=answers,
        problems=tuple(problems),
        proofs=tuple(proofs),
        takes=takes or {},
        query=tuple(query),
        headers=tuple(headers),
        name=name,
        about=about,
        deprecated=deprecated,
    )

    def attach(handler: Handler) -> Handler:
        setattr(handler, _MARK, declared)
        return handler

    return attach


def operation_of(handler: Callable[..., Any]) -> Operation | None:
    """The declaration of a handler, if it has one."""
    declared: Operation | None = getattr(handler, _MARK, None)
    return declared


def json_of(shape: Shape, description: str = "", headers: Sequence[Parameter] = ()) -> Answer:
    """An answer in JSON."""
    return Answer({JSON: shape}, description, tuple(headers))
