"""What is wrong with an input: where, and what would be right."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

MOST = 100
"""So many faults of one input are told: more help nobody, and an answer is not to outgrow what it answers."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. `pointer` is a JSON pointer (RFC 6901) to it; the document itself is the empty pointer."""

    pointer: str
    detail: str


class Faulty(Exception):
    """An input that was refused, with every fault that was found; of very many the first, and one beyond `MOST`."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(islice(faults, MOST + 1))
        super().__init__("; ".join(f"{fault.pointer or '/'}: {fault.detail}" for fault in self.faults))


def from_messages(messages: Any, pointer: str = "") -> Iterator[Fault]:
    """The faults in marshmallow's nested error messages."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            below = pointer if name == "_schema" else f"{pointer}/{escaped(str(name))}"
            yield from from_messages(inner, below)
    elif isinstance(messages, list):
        for inner in messages:
            yield from from_messages(inner, pointer)
    else:
        yield Fault(pointer, str(messages))


def escaped(name: str) -> str:
    """A name as one reference token of a JSON pointer, cut where somebody sent a very long one."""
    return name[:80].replace("~", "~0").replace("/", "~1")
