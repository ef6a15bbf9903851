"""From rows of a CSV file to hand-ins, by a mapping that the platform writes. Pure.

A mapping is JSON with `columns`, a JSON pointer (RFC 6901) into the hand-in for each column that is used,
`constants`, a value for each pointer that is the same in all rows, and a `delimiter` where it is no comma. An empty
cell is left out, and with it the entry of a list that it would have been in. Whole numbers are numbers, but for
`/external_id`.
A row has as many cells as the header: in one with more or fewer nobody knows which cell is whose.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 8
"""Names in a pointer; a hand-in has four at most."""
DELIMITERS = (",", ";", "\t")
_POINTER = r"^(/[^/]+){1,8}$"
SHAPE: Mapping[str, Any] = {
    "type": "object",
    "description": "Which column of a CSV file goes where in a hand-in.",
    "required": ["columns"],
    "properties": {
        "columns": {
            "type": "object",
            "description": "A JSON pointer into the hand-in by the name of each column that is used.",
            "minProperties": 1,
            "additionalProperties": {"type": "string", "pattern": _POINTER, "examples": ["/external_id"]},
        },
        "constants": {
            "type": "object",
            "description": "What is the same in all rows, by its JSON pointer.",
            "propertyNames": {"pattern": _POINTER},
        },
        "delimiter": {"type": "string", "enum": list(DELIMITERS), "default": ","},
    },
    "additionalProperties": False,
}
"""A mapping as JSON Schema."""
_NUMBER = re.compile(r"-?[0-9]{1,15}")
_TEXT = frozenset({"/external_id"})


class NotAMapping(ValueError):
    """A mapping that cannot be used. Says what would be right."""


class NotARow(ValueError):
    """A row that is not one of its file. Says what would be right."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Pointers by column, and values by pointer."""

    columns: Mapping[str, str]
    constants: Mapping[str, Any] = field(default_factory=dict)
    delimiter: str = ","

    def below(self, header: Sequence[str]) -> "Table":
        """The rows below this header. Raises NotAMapping where a column is not in it once."""
        for column in self.columns:
            if (found := header.count(column)) != 1:
                there = f"{found} columns" if found else "no column"
                raise NotAMapping(f"The file has {there} {column!r}; it has {', '.join(header)}.")
        return Table(self, header, {one: _way(one) for one in (*self.constants, *self.columns.values())})


@dataclass(frozen=True, slots=True)
class Table:
    """What stands below a header, row by row. Each pointer's way is found once for all rows."""

    mapping: ColumnMapping
    header: Sequence[str]
    ways: Mapping[str, "_Way"]

    def hand_in(self, row: Sequence[str]) -> dict[str, Any]:
        """The hand-in of a row. Raises NotARow."""
        if len(row) != len(self.header):
            raise NotARow(f"A row has {len(self.header)} cells, as the header; this one has {len(row)}.")
        named = dict(zip(self.header, row, strict=True))
        cells = {pointer: named[column].strip() for column, pointer in self.mapping.columns.items()}
        left_out = {self.ways[pointer].entry for pointer, cell in cells.items() if not cell} - {""}
        given: dict[str, Any] = {pointer: _value(pointer, cell) for pointer, cell in cells.items() if cell}
        tree = _Node()
        for pointer, value in {**self.mapping.constants, **given}.items():
            way = self.ways[pointer]
            if way.entry not in left_out:
                _place(tree, way.steps, value)
        document: dict[str, Any] = _lists(tree)
        return document


@dataclass(frozen=True, slots=True)
class _Way:
    """The names of a pointer, and the list entry that it leads into: all up to its last number; empty without one."""

    steps: Sequence[str]
    entry: str


class _Node(dict[str, Any]):
    """What pointers lead through, other than a constant that is an object."""


def read_mapping(document: Any) -> ColumnMapping:
    """The mapping in a document. Raises NotAMapping."""
    if not isinstance(document, dict) or not isinstance(document.get("columns"), dict) or not document["columns"]:
        raise NotAMapping('A mapping is an object with "columns", such as {"columns": {"Number": "/external_id"}}.')
    constants, delimiter = document.get("constants", {}), document.get("delimiter", ",")
    if not isinstance(constants, dict) or set(document) - {"columns", "constants", "delimiter"}:
        raise NotAMapping('A mapping has "columns", "constants", both objects, "delimiter", and nothing else.')
    if delimiter not in DELIMITERS:
        raise NotAMapping("A delimiter is a comma, a semicolon or a tab.")
    _check([*document["columns"].values(), *constants])
    if not all(_is_flat(one, DEEPEST) for one in constants.values()):
        raise NotAMapping(f"A constant is nested {DEEPEST} deep at most.")
    return ColumnMapping(document["columns"], constants, delimiter)


def _check(pointers: Sequence[Any]) -> None:
    """Raise NotAMapping where one is no pointer, or leads where another one does, or through it."""
    taken: set[str] = set()
    for one in pointers:
        if not isinstance(one, str) or re.fullmatch(_POINTER, one) is None:
            raise NotAMapping(f"A JSON pointer has 1 to {DEEPEST} names, each behind a slash; {one!r} has not.")
        if one in taken:
            raise NotAMapping(f"Two lead to {one}.")
        taken.add(one)
    ways = {one[:end] for one in taken for end, mark in enumerate(one) if mark == "/"}
    if through := sorted(taken & ways):
        raise NotAMapping(f"{through[0]} is given, and one leads through it.")


def _way(pointer: str) -> _Way:
    steps = pointer.split("/")[1:]
    numbers = [place for place, step in enumerate(steps, start=1) if step.isdecimal()]
    return _Way(steps, "/".join(steps[: numbers[-1]]) if numbers else "")


def _value(pointer: str, cell: str) -> Any:
    return int(cell) if pointer not in _TEXT and _NUMBER.fullmatch(cell) else cell


def _is_flat(value: Any, levels: int) -> bool:
    """Whether a value is nested in no more than so many levels."""
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_flat(one, levels - 1) for one in inner)


def _place(tree: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    for step in steps[:-1]:
        tree = tree.setdefault(step, _Node())
    tree[steps[-1]] = value


def _lists(tree: Any) -> Any:
    """Nodes whose names are all numbers are lists, in the order of the numbers."""
    if not isinstance(tree, _Node):
        return tree
    if tree and all(name.isdecimal() for name in tree):
        return [_lists(tree[name]) for name in sorted(tree, key=int)]
    return {name: _lists(value) for name, value in tree.items()}
