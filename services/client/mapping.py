"""From rows of a CSV file to hand-ins, by a mapping that the platform writes. Pure.

A mapping is JSON with `columns`, a JSON pointer (RFC 6901) into the hand-in for each column that is used, and
`constants`, a value for each pointer that is the same in all rows. An empty cell is left out, and with it the entry
of a list that it would have been in. Whole numbers are numbers, but for `/external_id`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_NUMBER = re.compile(r"-?[0-9]{1,15}")
_TEXT = frozenset({"/external_id"})


class NotAMapping(ValueError):
    """A mapping that cannot be used. Says what would be right."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Pointers by column, and values by pointer."""

    columns: Mapping[str, str]
    constants: Mapping[str, Any] = field(default_factory=dict)

    def hand_in(self, row: Mapping[str, str | None]) -> dict[str, Any]:
        """The hand-in of a row."""
        cells = {pointer: (row.get(column) or "").strip() for column, pointer in self.columns.items()}
        left_out = {_entry(pointer) for pointer, cell in cells.items() if not cell} - {""}
        given: dict[str, Any] = {pointer: _value(pointer, cell) for pointer, cell in cells.items() if cell}
        tree: dict[str, Any] = {}
        for pointer, value in {**self.constants, **given}.items():
            if _entry(pointer) not in left_out:
                _place(tree, pointer.split("/")[1:], value)
        document: dict[str, Any] = _lists(tree)
        return document


def read_mapping(document: Any, header: list[str]) -> ColumnMapping:
    """The mapping in a document, for a file with these columns. Raises NotAMapping."""
    if not isinstance(document, dict) or not isinstance(document.get("columns"), dict):
        raise NotAMapping('A mapping is an object with "columns", such as {"columns": {"Number": "/external_id"}}.')
    constants = document.get("constants", {})
    if not isinstance(constants, dict) or set(document) - {"columns", "constants"}:
        raise NotAMapping('A mapping has "columns" and "constants", both objects, and nothing else.')
    wrong = [one for one in [*document["columns"].values(), *constants] if not str(one).startswith("/")]
    if wrong:
        raise NotAMapping(f"A JSON pointer begins with a slash; {wrong[0]!r} does not.")
    missing = [column for column in document["columns"] if column not in header]
    if missing:
        raise NotAMapping(f"The file has no column {missing[0]!r}; it has {', '.join(header)}.")
    return ColumnMapping(document["columns"], constants)


def _entry(pointer: str) -> str:
    """The list entry that a pointer leads into: everything up to its last number; empty without one."""
    parts = pointer.split("/")
    numbers = [place for place, part in enumerate(parts) if part.isdecimal()]
    return "/".join(parts[: numbers[-1] + 1]) if numbers else ""


def _value(pointer: str, cell: str) -> Any:
    return int(cell) if pointer not in _TEXT and _NUMBER.fullmatch(cell) else cell


def _place(tree: dict[str, Any], parts: list[str], value: Any) -> None:
    for part in parts[:-1]:
        tree = tree.setdefault(part, {})
    tree[parts[-1]] = value


def _lists(tree: Any) -> Any:
    """Objects whose names are all numbers are lists, in the order of the numbers."""
    if not isinstance(tree, dict):
        return tree
    if tree and all(name.isdecimal() for name in tree):
        return [_lists(tree[name]) for name in sorted(tree, key=int)]
    return {name: _lists(value) for name, value in tree.items()}
