"""What is wrong with an input: where, and what would be right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. `pointer` is a JSON pointer (RFC 6901) to it; the document itself is the empty pointer."""

    pointer: str
    detail: str


class Faulty(Exception):
    """An input that was refused, with every fault that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.pointer or '/'}: {fault.detail}" for fault in faults))
        self.faults = tuple(faults)


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
