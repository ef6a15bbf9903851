"""The stand-alone reference implementation of every published version, for whoever computes a score a second time."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from services.methodology.version import PUBLISHED

Reference = tuple[dict[str, Any], Callable[[dict[str, Any]], list[dict[str, Any]]]]


def _reference(package: str) -> Reference:
    module = import_module(f"{package}.standalone")
    return module.TABLES, module.assess


REFERENCES: dict[str, Reference] = {version: _reference(found.package) for version, found in PUBLISHED.items()}
"""By version: the tables that it reads, which may be filled anew, and the function from answers to explanations."""
