"""The interface documents of all services, made from their routes without starting anything."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from infra.http.openapi import Interface
from infra.http.server import health_routes
from infra.version import SOFTWARE
from schemas.asyncapi import asyncapi
from services.audit import contract as audit
from services.audit.app import PARTS as AUDIT
from services.consent import contract as consent
from services.consent.app import PARTS as CONSENT
from services.intake import contract as intake
from services.intake.app import PARTS as INTAKE
from services.scoring.app import INTERFACE as SCORING

Document = dict[str, Any]
_SERVICES: dict[str, tuple[Interface, Sequence[type]]] = {
    "intake": (intake.INTERFACE, INTAKE),
    "consent": (consent.INTERFACE, CONSENT),
    "audit": (audit.INTERFACE, AUDIT),
    "scoring": (SCORING, ()),
}


def documents() -> dict[str, Document]:
    """Each document by the name of its file, as the running services answer them."""
    listed = {f"{name}.openapi.json": _openapi(*one) for name, one in _SERVICES.items()}
    return {**listed, "events.asyncapi.json": asyncapi(SOFTWARE)}


def _openapi(interface: Interface, parts: Sequence[Any]) -> Document:
    # A part's table names its handlers and touches nothing else, so parts without their parts will do.
    tables = chain.from_iterable(object.__new__(part).table() for part in parts)
    return interface.published([*health_routes(lambda: None), *tables])
